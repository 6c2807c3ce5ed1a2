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
    LargeVector<float> weights;  ///< mean 1 over all ranks
    LargeVector<float> targets;  ///< samples x outputs, as the loss has them

    std::size_t size() const { return rows.size(); }
};

SoftSamples soft_samples(const TrainingSet& set, std::int32_t left_out);
/// How many of them a network that leaves out no fold has: the most.
std::size_t soft_sample_count(const TrainingSet& set);

/// How the samples of all ranks make the batches of one epoch. A rank takes its share of each, so that all make as many
/// steps.
class EpochBatches {
public:
    /// samples: of this rank. Collective.
    EpochBatches(std::size_t samples, std::size_t batch_size, const Ranks& ranks);

    std::size_t count() const { return (total_ + batch_size_ - 1) / batch_size_; }
    /// The first of this rank's samples in a batch. What `batch + 1` begins with ends it.
    std::size_t begin(std::size_t batch) const { return begin_of(rank_, batch); }
    /// Samples of all ranks in a batch.
    std::size_t size(std::size_t batch) const;

private:
    std::size_t begin_of(std::size_t rank, std::size_t batch) const;

    std::size_t batch_size_, rank_;
    std::vector<std::size_t> samples_;  ///< of each rank
    std::size_t total_ = 0;
};

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
