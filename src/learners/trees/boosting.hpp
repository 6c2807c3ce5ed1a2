// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "learners/trees/tree_growth.hpp"
#include "learners/trees/trees.hpp"

namespace mml {

/// Which observations count.
enum class Side { outside, inside };

/// What was observed on each row on one side of a fold, summed.
struct RowTargets {
    RowTargets(const TrainingSet& set, std::int32_t fold, Side side);

    std::vector<float> count;
    std::vector<double> weight;
    std::vector<double> sums;  ///< outputs a row: the weight of the second class, or of each class, or weight * value
    double total_weight = 0;
    double squares = 0;  ///< regression: of weight * value * value
};

/// A sum of trees that grows by rounds, on the observations outside one fold (-1: on all). One thread at a time.
class BoostedModel {
public:
    BoostedModel(const TrainingSet& set, const BinnedRows& rows, const GrowthSettings& settings, std::int32_t fold);

    /// Adds one tree for each output and notes the summed loss on the fold; without a fold, on what it trains on.
    void add_round(const TreeSample& sample);

    /// After 0, 1, 2 ... rounds.
    const std::vector<double>& losses() const { return losses_; }
    double rated_weight() const { return rated_.total_weight; }
    int rounds() const { return static_cast<int>(losses_.size()) - 1; }
    /// The model after its first rounds.
    TreesMember member(int rounds) const;

private:
    void set_base();
    void differentiate(const TreeSample& sample);
    void differentiate_two_classes(const TreeSample& sample);
    void add_row_derivatives(std::size_t row, Derivatives* out) const;
    double rate();
    double rate_two_classes();
    double row_loss(std::size_t row) const;

    const TrainingSet& set_;
    std::size_t outputs_;
    RowTargets targets_;
    RowTargets rated_;
    TreeGrower grower_;
    std::vector<float> base_;
    std::vector<float> links_;              // of each row
    std::vector<float> shares_;             // of the second of two classes, as the links have it
    std::vector<Derivatives> derivatives_;  // output by output, of each pattern
    std::vector<Tree> trees_;
    std::vector<double> losses_;
};

}  // namespace mml
