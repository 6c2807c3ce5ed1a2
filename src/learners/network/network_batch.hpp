// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "ensemble/kernels/kernels.hpp"
#include "learners/learner.hpp"
#include "preprocessing/encoder.hpp"

namespace mml {

/// Training samples of one network: a distinct row with the soft target of what was observed on it. A row that stands
/// for many samples is cut into chunks of weight at most 3 (more where that would make millions of them), so that one step
/// does not see all of them at once.
struct SoftSamples {
    LargeVector<std::int32_t> rows;
    LargeVector<float> weights;  ///< mean 1
    LargeVector<float> targets;  ///< samples x outputs, as the loss has them

    std::size_t size() const { return rows.size(); }
};

SoftSamples soft_samples(const TrainingSet& set, std::int32_t left_out);
/// How many of them a network that leaves out no fold has: the most.
std::size_t soft_sample_count(const TrainingSet& set);

/// Turns a batch whose cells stand group by group the other way round, reusing its memory.
class BatchTransposer {
public:
    explicit BatchTransposer(std::size_t columns) : starts_(columns + 1) {}
    /// rows: how many there are in each group; a group's cells are of rows `group * rows` and so on.
    TransposedBatch transpose(const EncodedRows& grouped, std::size_t rows);

private:
    std::vector<std::size_t> starts_;
    std::vector<std::size_t> next_;
    std::vector<std::size_t> rows_;
    std::vector<float> values_;
};

}  // namespace mml
