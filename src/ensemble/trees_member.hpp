// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "base/index.hpp"
#include "ensemble/member.hpp"
#include "ensemble/tree_paths.hpp"

namespace mml {

/// The bins of a category's cells, which are 0 for missing and whole numbers from 1 on: one each, but the last holds all
/// rest.
constexpr int most_category_bins = 64;
inline std::uint8_t category_bin(float cell) {
    return static_cast<std::uint8_t>(cell > 0 ? std::min(cell, static_cast<float>(most_category_bins - 1)) : 0.0F);
}

/// A tree as the splits in the order they were made: leaf 0 is the whole, and split i moves the rows of one leaf whose cell
/// is above the threshold to the new leaf i + 1. Each split says whether it moves empty cells. Of a category a split moves a
/// set of bins, of which bin 0 is that of empty cells.
struct Tree {
    struct Split {
        std::int32_t leaf = 0;  ///< 0 ... i
        std::int32_t column = 0;
        float threshold = 0;       ///< of a category 0
        std::uint64_t moved = 0;   ///< of a category: a bit for each bin that moves
        bool empty_moves = false;  ///< of numbers: whether empty cells move

        /// Whether an empty cell goes where 0 goes: in a column that had none in training, and in every file of before.
        bool empty_as_zero() const { return moved != 0 || empty_moves == (0 > threshold); }
    };
    std::vector<Split> splits;
    std::vector<float> values;       ///< of the leaves: one more than splits
    std::vector<float> covers = {};  ///< of the leaves, the training samples that reached each; empty: not known
};

/// Most leaves of a tree, and thresholds of a column: scoring counts both in bytes.
constexpr int most_leaves = 256;
/// Bound of leaf values and bases, so that no sum of them leaves the range of float32.
constexpr float largest_leaf_value = 1e6F;

/// Fitted trees: link[k] = base[k] + the sum of a row's leaf values over the trees k, k + outputs, k + 2 outputs ...
class TreesMember : public Member {
public:
    static constexpr const char* kind = "trees";  ///< in the model file

    /// Throws Error(bad_model) where the trees do not fit `inputs` columns and base.size() outputs, or could give a score
    /// that is not finite.
    TreesMember(std::int64_t inputs, std::vector<float> base, std::vector<Tree> trees);
    void add_scores(const SparseRows& rows, std::int64_t first, std::int64_t last, float weight,
                    std::span<float> links) const override;
    void explain(const SparseRows& rows, std::int64_t first, std::int64_t last, Contributions& out) const override;
    std::unique_ptr<const DenseScorer> dense_scorer() const override;
    void store(Tensors& tensors, const std::string& prefix) const override;
    /// Throws Error(bad_model) where the tensors do not fit.
    static std::unique_ptr<const Member> load(const Tensors& tensors, const std::string& prefix, std::int64_t inputs,
                                              std::size_t outputs);

private:
    class Dense;

    // Made when first asked for, since most models never explain.
    struct Paths {
        std::once_flag once;
        std::optional<TreePaths> made;
    };

    void check(std::int64_t inputs) const;
    void list_columns(std::int64_t inputs);
    void list_thresholds();
    void bin_splits();
    std::size_t place(const Tree::Split& split) const { return as_size(item(used_, split.column)); }
    std::uint8_t bin_of(std::size_t used, float cell) const;
    std::vector<std::uint8_t> bins_of_row(std::span<const float> row) const;
    void bin_block(const SparseRows& rows, std::int64_t begin, std::int64_t end, std::span<const std::uint8_t> background,
                   std::span<std::uint8_t> bins) const;
    const TreePaths& paths() const;
    void score_block(const std::uint8_t* bins, std::size_t rows, float weight, float* links, Workspace& space) const;

    std::vector<float> base_;
    std::vector<Tree> trees_;
    std::vector<TreePaths::Split> splits_;        // of all trees, one after the other, on used columns and bins
    std::vector<std::vector<float>> thresholds_;  // of each used column, rising
    std::vector<bool> categories_;                // whether a used column is a category
    std::vector<bool> has_empty_bin_;             // whether bin 0 of a used column is that of empty cells alone
    std::vector<std::int32_t> columns_;           // that any split uses
    std::vector<std::int32_t> used_;              // of each input its place in columns_, or -1
    std::shared_ptr<Paths> paths_ = std::make_shared<Paths>();
};

}  // namespace mml
