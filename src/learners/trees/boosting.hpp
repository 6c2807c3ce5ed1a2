// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "base/index.hpp"
#include "learners/trees/row_targets.hpp"
#include "learners/trees/tree_growth.hpp"
#include "learners/trees/trees.hpp"

namespace mml {

/// What growing takes beside the models, and any model may use after another: one for each thread.
struct GrowthSpace {
    GrowthSpace(const BinnedRows& rows, const GrowthSettings& settings) : grower(rows, settings) {}

    TreeGrower grower;
    LargeVector<Derivatives> derivatives;  ///< output by output, of each pattern
};

/// A sum of trees that grows by rounds, on the observations outside one fold (-1: on all). One thread at a time.
class BoostedModel {
public:
    /// targets: those of the set, which must stay.
    BoostedModel(const TrainingSet& set, const RowTargets& targets, std::int32_t fold);

    /// Adds one tree for each output and notes the summed loss on the fold; without a fold, on what it trains on.
    void add_round(const TreeSample& sample, GrowthSpace& space);

    /// After 0, 1, 2 ... rounds.
    const std::vector<double>& losses() const { return losses_; }
    double rated_weight() const { return targets_.weight_inside(); }
    int rounds() const { return narrowed<int>(losses_.size()) - 1; }
    /// The model after its first rounds.
    TreesMember member(int rounds) const;

private:
    template <typename Work>
    void for_blocks(const Work& work) const;
    void set_base();
    LossRows loss_rows(const TargetBlock& block, std::size_t first) const;
    std::span<float> means(std::size_t first, std::size_t rows);
    void differentiate(const TreeSample& sample, LargeVector<Derivatives>& derivatives);
    double rate();

    const TrainingSet& set_;
    const Loss& loss_;
    std::size_t rows_;
    std::size_t outputs_;
    FoldTargets targets_;
    std::vector<float> base_;
    LargeVector<float> links_;  // of each row
    LargeVector<float> means_;  // of the same, where the loss keeps them
    std::vector<Tree> trees_;
    std::vector<double> losses_;
};

}  // namespace mml
