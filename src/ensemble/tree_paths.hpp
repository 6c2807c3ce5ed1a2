// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "ensemble/contributions.hpp"
#include "ensemble/kernels/kernels.hpp"

namespace mml {

/// A sum of trees as the paths to their leaves, each as what it asks of different columns: the form in which Shapley values
/// of path-dependent games (TreeSHAP; Lundberg et al., 2020) are worked out.
///
/// In such a game a leaf's value counts by the product of one factor a column of its path: 1 or 0 for whether the row meets
/// what the path asks of the column, where the column is known; else the share of the training samples that went the path's
/// way at its splits. A product's Shapley value is the integral of its derivative along the diagonal of Owen's multilinear
/// extension (1972), a polynomial in one variable, which Gauss and Legendre's points integrate exactly.
class TreePaths {
public:
    using Split = TreeSplit;

    /// columns: how many there are. Trees are added in order; tree k adds to link k % links.
    TreePaths(std::size_t columns, std::size_t links) : columns_(columns), base_(links) {}

    /// covers: of the leaves, the training samples that reached each; where empty, each leaf counts the same.
    void add_tree(std::span<const Split> splits, std::span<const float> values, std::span<const float> covers,
                  std::size_t link);
    /// After the last tree.
    void finish();

    /// The trees' sum where no cell is known.
    std::span<const double> base() const { return base_; }
    static constexpr std::size_t rows_a_block = rows_a_tree_block;
    /// Adds to out[(link * columns + column) * rows_a_block + row] for at most rows_a_block rows; the bin of a row in a
    /// column is at bins[column * rows_a_block + row].
    void add(const std::uint8_t* bins, std::size_t rows, std::span<double> out) const;
    std::size_t columns() const { return columns_; }

private:
    // What a path asks of a column: low < bin <= high, but of bin 0 whether `zero`, and of a category a bin among some.
    struct Condition {
        std::int32_t column = 0;
        std::int16_t low = 0;
        std::int16_t high = 0;
        float share = 1;  // of the samples, that went the path's way at the column's splits
        bool category = false;
        bool zero = true;
        std::uint64_t among = 0;
    };
    struct Path {
        std::size_t first;  // condition
        std::uint32_t conditions;
        std::uint32_t link;
        float value;
    };
    struct Node {
        std::int32_t leaf = -1;  // of leaves: their number, else -1
        std::size_t below = 0;   // nodes
        std::size_t above = 0;
        std::int32_t column = -1;
        std::int16_t bin = 0;
        bool empty_moves = false;
        std::uint64_t moved = 0;
        double cover = 0;
    };

    static std::vector<Node> nodes_of(std::span<const Split> splits, std::span<const float> covers);
    void walk(const std::vector<Node>& nodes, std::size_t number, std::vector<Condition>& asked,
              std::span<const float> values, std::size_t link);
    // The rows of a block by which conditions of a path they meet.
    struct Kinds {
        std::array<std::uint8_t, rows_a_block> of_row;
        std::array<std::uint8_t, rows_a_block> first_row;  // of each kind
    };
    static bool meets(const Condition& condition, const std::uint8_t* bins, std::size_t row);
    std::size_t find_kinds(const Path& path, const std::uint8_t* bins, std::size_t rows, Kinds& kinds) const;
    template <std::size_t points>
    void write_parts(const Path& path, const std::uint8_t* bins, std::size_t row, float* parts) const;
    template <std::size_t points>
    void add_paths(std::size_t first, std::size_t last, const std::uint8_t* bins, std::size_t rows,
                   std::span<double> out) const;

    std::size_t columns_;
    std::vector<double> base_;
    std::vector<Path> paths_;  // after finish(): those of few conditions first
    std::vector<Condition> conditions_;
    std::vector<std::size_t> ends_;  // of the paths that 4, 8, 16 ... 128 points are enough for
    std::size_t longest_ = 0;
};

}  // namespace mml
