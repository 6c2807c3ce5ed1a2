// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <vector>

#include "base/random.hpp"
#include "evaluation/rating.hpp"

namespace {

// All metrics of a classification and of its baseline; items are rated rows.
void rating_of_two_classes(benchmark::State& state) {
    const auto rows = static_cast<std::size_t>(state.range(0));
    mml::RandomStream random(1);
    mml::Target target{mml::Task::classification, {"0", "1"}, {}, {}};
    std::vector<float> predictions;
    for (std::size_t row = 0; row < rows; ++row) {
        const auto probability = static_cast<float>(random.uniform());
        target.class_indices.push_back(random.uniform() < static_cast<double>(probability) ? 1 : 0);
        predictions.insert(predictions.end(), {1 - probability, probability});
    }
    const std::vector<float> baseline{0.5F, 0.5F};
    while (state.KeepRunning()) benchmark::DoNotOptimize(mml::rate(target, {}, predictions, baseline));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(rating_of_two_classes)->Arg(100000)->Unit(benchmark::kMillisecond);

}  // namespace
