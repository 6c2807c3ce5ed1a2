// SPDX-License-Identifier: Apache-2.0
#include "learners/network/network_batch.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/index.hpp"

namespace mml {

namespace {

constexpr double most_chunk_weight = 3;
// Chunks of all rows, beside one a row; reached only where the samples weigh more than 6 million.
constexpr double most_further_chunks = 2e6;

// What was observed on one row outside one fold.
struct RowTarget {
    std::vector<double> sums;
    double weight = 0;

    void add(const TrainingSet& set, const FoldedObservation& observation) {
        weight += observation.weight;
        set.loss().add_observed(observation, observation.weight, sums);
    }
};

// What a chunk weighs at most.
double chunk_weight(const TrainingSet& set) {
    double total = 0;
    for (const FoldedObservation& observation : set.observations) total += observation.weight;
    return std::max(most_chunk_weight, set.ranks.sum(total) / most_further_chunks);
}

std::size_t chunks_of(double weight, double most) {
    return static_cast<std::size_t>(std::max(std::ceil(weight / most), 1.0));
}

void append_chunks(SoftSamples& samples, std::int32_t row, const RowTarget& target, double most) {
    const std::size_t chunks = chunks_of(target.weight, most);
    const double weight = target.weight / static_cast<double>(chunks) / (most / most_chunk_weight);  // of float's range
    for (std::size_t chunk = 0; chunk < chunks; ++chunk) {
        samples.rows.push_back(row);
        samples.weights.push_back(static_cast<float>(weight));
        for (const double sum : target.sums) samples.targets.push_back(static_cast<float>(sum / target.weight));
    }
}

}  // namespace

SoftSamples soft_samples(const TrainingSet& set, std::int32_t left_out) {
    SoftSamples samples;
    const auto& observations = set.observations;
    const double most = chunk_weight(set);
    for (std::size_t i = 0; i < observations.size();) {
        RowTarget target{std::vector<double>(set.outputs())};
        const std::int32_t row = observations[i].row;
        for (; i < observations.size() && observations[i].row == row; ++i) {
            if (observations[i].fold != left_out) target.add(set, observations[i]);
        }
        if (target.weight > 0) append_chunks(samples, row, target, most);
    }
    const double total = set.ranks.sum(std::reduce(samples.weights.begin(), samples.weights.end(), 0.0));
    const auto scale = static_cast<float>(set.ranks.sum(static_cast<double>(samples.size())) / total);
    for (float& weight : samples.weights) weight *= scale;
    return samples;
}

std::size_t soft_sample_count(const TrainingSet& set) {
    const auto& observations = set.observations;
    const double most = chunk_weight(set);
    std::size_t count = 0;
    for (std::size_t i = 0; i < observations.size();) {
        const std::int32_t row = observations[i].row;
        double weight = 0;
        for (; i < observations.size() && observations[i].row == row; ++i) weight += observations[i].weight;
        count += chunks_of(weight, most);
    }
    return count;
}

EpochBatches::EpochBatches(std::size_t samples, std::size_t batch_size, const Ranks& ranks)
    : batch_size_(batch_size), rank_(as_size(ranks.rank())), samples_{samples} {
    if (ranks.several())
        samples_ = ranks.gathered<std::size_t, std::vector<std::size_t>>(std::span(std::as_const(samples_)));
    total_ = std::reduce(samples_.begin(), samples_.end());
}

std::size_t EpochBatches::begin_of(std::size_t rank, std::size_t batch) const {
    if (samples_.size() == 1) return std::min(total_, batch * batch_size_);
    return samples_[rank] * batch / count();
}

std::size_t EpochBatches::size(std::size_t batch) const {
    std::size_t size = 0;
    for (std::size_t rank = 0; rank < samples_.size(); ++rank) size += begin_of(rank, batch + 1) - begin_of(rank, batch);
    return size;
}

TransposedBatch BatchTransposer::transpose(const EncodedRows& grouped, std::size_t rows) {
    std::ranges::fill(starts_, 0);
    for (const std::size_t column : grouped.columns) ++starts_[column + 1];
    std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
    next_.assign(starts_.begin(), starts_.end() - 1);
    rows_.resize(grouped.columns.size());
    values_.resize(grouped.columns.size());
    for (std::size_t line = 0, row = 0; line < grouped.rows(); ++line, row = row + 1 == rows ? 0 : row + 1) {
        for (std::size_t i = grouped.starts[line]; i < grouped.starts[line + 1]; ++i) {
            const std::size_t place = next_[grouped.columns[i]]++;
            rows_[place] = row;
            values_[place] = grouped.values[i];
        }
    }
    return {starts_.data(), rows_.data(), values_.data()};
}

}  // namespace mml
