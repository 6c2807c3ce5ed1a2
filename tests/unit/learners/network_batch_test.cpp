// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <numeric>
#include <vector>

#include "learners/network/network_batch.hpp"

using namespace mml;

namespace {

// One observation a row.
TrainingSet weighing(const SparseRows& rows, const std::vector<double>& weights) {
    TrainingSet set{rows, {}, Task::classification, 2, 0, 1};
    for (std::size_t i = 0; i < weights.size(); ++i)
        set.observations.push_back({static_cast<std::int32_t>(i), 1, 1, 0, 0, weights[i]});
    return set;
}

SparseRows rows_of(std::size_t count) {
    SparseRows rows(std::vector<float>(1));
    for (std::size_t i = 0; i < count; ++i) rows.append_dense_row(std::vector<float>{static_cast<float>(i)});
    return rows;
}

}  // namespace

TEST_CASE("a row is cut into chunks of weight 3 at most") {
    const SparseRows rows = rows_of(4);
    const TrainingSet set = weighing(rows, {1, 3, 3.5, 30});
    const SoftSamples samples = soft_samples(set, -1);
    CHECK(std::vector<std::int32_t>(samples.rows.begin(), samples.rows.end()) ==
          std::vector<std::int32_t>{0, 1, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3});
    CHECK(soft_sample_count(set) == 14);
}

TEST_CASE("samples that weigh very much are not cut into more than 2 million chunks beyond one a row") {
    const SparseRows rows = rows_of(3);
    for (const double weight : {1e7, 1e30, 3e300}) {
        const TrainingSet set = weighing(rows, {weight, weight, 2 * weight});
        const SoftSamples samples = soft_samples(set, -1);
        CHECK(samples.size() <= 2'000'003);
        CHECK(static_cast<std::int64_t>(samples.size()) == soft_sample_count(set));
        CHECK(std::reduce(samples.weights.begin(), samples.weights.end(), 0.0) ==
              doctest::Approx(static_cast<double>(samples.size())));
    }
}
