// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "base/large_vector.hpp"
#include "learners/learner.hpp"

namespace mml {

/// What was observed on rows, summed.
struct RowTargets {
    RowTargets() = default;
    RowTargets(std::size_t rows, std::size_t outputs) : count(rows), weight(rows), sums(rows * outputs) {}
    explicit RowTargets(const TrainingSet& set);

    void add(const TrainingSet& set, std::size_t row, const FoldedObservation& observation);

    LargeVector<float> count;
    LargeVector<double> weight;
    LargeVector<double> sums;  ///< outputs a row: weight times target, as the loss has it
};

/// The targets of some rows that follow each other.
struct TargetBlock {
    std::span<const float> count;
    std::span<const double> weight;
    std::span<const double> sums;
};

/// The targets of all rows as they are on both sides of one fold (-1: of none, all are on both). Of most rows nothing is in
/// the fold; only what differs from that is kept here.
class FoldTargets {
public:
    static constexpr std::size_t rows_a_block = 256;

    /// all: those of the set, which must stay.
    FoldTargets(const TrainingSet& set, const RowTargets& all, std::int32_t fold);

    /// What was observed outside, or inside the fold on `rows` rows, at most a block. Valid until `space` is used again.
    TargetBlock outside(std::size_t first, std::size_t rows, RowTargets& space) const;
    TargetBlock inside(std::size_t first, std::size_t rows, RowTargets& space) const;
    /// Room for a block.
    RowTargets space() const { return {rows_a_block, outputs_}; }

    /// Of all ranks.
    double weight_outside() const { return outside_weight_; }
    double weight_inside() const { return inside_weight_; }
    /// The part of the loss that no link changes, of this rank's rows.
    double fixed_value_inside() const { return inside_fixed_value_; }

private:
    struct Range {
        std::size_t begin;
        std::size_t end;
    };

    void list_rows(const TrainingSet& set, std::int32_t fold);
    void add_observations(const TrainingSet& set, std::int32_t fold);
    Range listed(std::size_t first, std::size_t rows) const;
    void copy_listed(const RowTargets& side, Range range, std::size_t first, RowTargets& space) const;
    TargetBlock block(const RowTargets& targets, std::size_t first, std::size_t rows) const;

    const RowTargets& all_;
    std::size_t outputs_;
    bool no_fold_;
    LargeVector<std::int32_t> rows_;  // of which something is in the fold, rising
    RowTargets outside_;              // of these
    RowTargets inside_;
    double outside_weight_ = 0;
    double inside_weight_ = 0;
    double inside_fixed_value_ = 0;
};

}  // namespace mml
