// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <doctest/doctest.h>
#include <vector>

#include "base/random.hpp"
#include "training/combination.hpp"

using namespace mml;

namespace {

// 2000 samples whose log-odds are the sum of what two members see.
struct TwoSignals {
    SparseRows features;
    TrainingSet set{features, {}, Task::classification, 2, 4, 1};
    std::vector<float> first, second;

    explicit TwoSignals(double strength) {
        RandomStream random(7);
        for (std::int32_t i = 0; i < 2000; ++i) {
            first.push_back(static_cast<float>(strength * random.normal()));
            second.push_back(static_cast<float>(strength * random.normal()));
            const double link = static_cast<double>(first.back()) + static_cast<double>(second.back());
            FoldedObservation observation;
            observation.fold = i % 4;
            observation.class_index = random.uniform() < 1 / (1 + std::exp(-link)) ? 1 : 0;
            observation.weight = 1;
            set.observations.push_back(observation);
        }
    }
};

}  // namespace

TEST_CASE("log-odds are pooled where they are clearly better") {
    const TwoSignals signals(2);
    const Combination combination = combine(signals.set, {signals.first, signals.second}, Config());
    CHECK(combination.pool == Pool::log_odds);
    const Json& losses = combination.description["pool_losses"];
    CHECK(losses["log_odds"].get<double>() + 0.01 < losses["probability"].get<double>());
}

TEST_CASE("probabilities are pooled where that makes no difference") {
    const TwoSignals signals(0.2);
    const Combination combination = combine(signals.set, {signals.first, signals.second}, Config());
    CHECK(combination.pool == Pool::probability);
    CHECK(combination.weights[1] > 0.1);
    CHECK(combination.description["pool"] == "probability");
}

TEST_CASE("one member alone is given its own log-odds, unless option pool says otherwise") {
    const TwoSignals signals(2);
    std::vector<float> sum = signals.first;
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += signals.second[i];
    Config config;
    CHECK(combine(signals.set, {sum, signals.second}, config).pool == Pool::log_odds);
    config.set("pool", "probability");
    const Combination asked = combine(signals.set, {sum, signals.second}, config);
    CHECK(asked.pool == Pool::probability);
    CHECK(asked.weights == std::vector<double>{1, 0});
}
