// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/index.hpp"
#include "learners/trees/tree_sample.hpp"
#include "learners/trees/trees.hpp"

namespace mml {

struct GrowthSettings {
    int leaves = 20;
    double learning_rate = 0.1;
    double penalty = 1;             ///< L2, of leaf values before the learning rate
    float least_count = 20;         ///< samples of a leaf
    float least_curvature = 1e-3F;  ///< summed second derivative of a leaf
    /// L2 for each level beyond two that a leaf shows of a category: added where it is split, and to each level where levels
    /// are put in order.
    float level_penalty = 1;
    double largest_step = 1e6;  ///< of leaf values before the learning rate
};

/// Summed derivatives of the loss by a link, and the samples they come from. Four floats wide, so that adding two is one
/// vector instruction.
struct alignas(16) Derivatives {
    float slope = 0;
    float curvature = 0;
    float count = 0;
    float unused = 0;

    Derivatives& operator+=(const Derivatives& other) {
        slope += other.slope;
        curvature += other.curvature;
        count += other.count;
        unused += other.unused;
        return *this;
    }
    Derivatives& operator-=(const Derivatives& other) {
        slope -= other.slope;
        curvature -= other.curvature;
        count -= other.count;
        unused -= other.unused;
        return *this;
    }
};

/// Grows trees, the leaf that gains most first. Keeps its memory from tree to tree; one thread at a time.
class TreeGrower {
public:
    TreeGrower(const BinnedRows& rows, const GrowthSettings& settings) : rows_(rows), settings_(settings) {}

    /// derivatives: of each pattern; those of count 0 train nothing but find their leaf.
    Tree grow(const TreeSample& sample, std::span<const Derivatives> derivatives);
    /// Of each pattern in the tree grown last.
    std::span<const std::uint8_t> leaf_of_pattern() const { return leaf_of_pattern_; }

private:
    struct Candidate {
        float gain = 0;  ///< of the loss; 0 where no split is allowed
        std::int32_t column = -1;
        std::int32_t bin = 0;  ///< higher ones move
        Derivatives below = {};
        std::uint64_t moved = 0;   ///< of a category: the bins that move
        bool empty_moves = false;  ///< of a column with a bin of empty cells: whether that one moves
    };
    struct Leaf {
        std::size_t begin;  ///< its patterns in order_
        std::size_t end;
        Derivatives total;
        std::vector<std::int32_t> columns;  ///< that a split of it or its parts may use
        Candidate best;
    };

    void start();
    std::span<Derivatives> histogram(std::size_t leaf);
    void collect_all();
    void collect(std::size_t leaf);
    void sum_over_ranks(std::size_t leaf);
    void sum_total(Leaf& root) const;
    std::size_t size_of(std::size_t leaf) const;
    void complete(std::size_t leaf, const SampledColumn& column);
    void consider(std::size_t leaf, std::int32_t number);
    void consider_numbers(Leaf& leaf, std::int32_t number, const Derivatives* bins);
    void consider_cuts(Leaf& leaf, const Derivatives* bins, std::int32_t last, Candidate cut) const;
    void consider_cut(Leaf& leaf, const Candidate& cut, float whole) const;
    float whole_of(const Leaf& leaf) const;
    void consider_category(Leaf& leaf, std::int32_t number, const Derivatives* bins);
    const BinnedColumn& binned(const SampledColumn& column) const { return item(rows_.columns(), column.column); }
    void search(std::size_t smaller, std::size_t larger);
    Tree::Split describe(std::size_t leaf, const Candidate& chosen) const;
    std::size_t split(std::size_t leaf);
    std::size_t partition(const Leaf& leaf);
    bool divisible(const Leaf& leaf) const { return leaf.total.count >= 2 * settings_.least_count; }
    Tree finish(std::vector<Tree::Split> splits);

    const BinnedRows& rows_;
    GrowthSettings settings_;
    const TreeSample* sample_ = nullptr;
    std::span<const Derivatives> derivatives_;
    std::vector<Derivatives> histograms_;  // of each leaf, all bins of the sample
    std::vector<Leaf> leaves_;
    LargeVector<std::int32_t> order_;
    LargeVector<std::int32_t> moved_;
    LargeVector<std::uint8_t> listed_;
    LargeVector<std::uint8_t> leaf_of_pattern_;
    std::vector<Derivatives> sums_;  // of a leaf's columns, to add up over the ranks
};

}  // namespace mml
