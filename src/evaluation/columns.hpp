// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "data/sparse_rows.hpp"
#include "preprocessing/column_cells.hpp"

namespace mml {

/// SparseRows by column: for each the cells that differ from its background, by rising row. Takes 8 bytes a stored cell;
/// refers to the rows' background.
class Columns {
public:
    explicit Columns(const SparseRows& rows);

    std::int64_t rows() const { return rows_; }
    std::size_t count() const { return background_.size(); }

    float background(std::size_t column) const { return background_[column]; }

    bool is_constant(std::size_t column) const;
    std::int64_t missing(std::size_t column) const;
    bool equal(std::size_t a, std::size_t b) const;
    /// The same for equal columns.
    std::uint64_t hash(std::size_t column) const;
    /// All cells, one a row.
    std::vector<float> cells(std::size_t column) const;

private:
    std::int64_t rows_;
    const std::vector<float>& background_;
    ColumnCells stored_;
};

/// Pairs of a column and the first of the columns that it equals, by rising column. Constant columns are left out.
std::vector<std::pair<std::size_t, std::size_t>> repeated_columns(const Columns& columns);

}  // namespace mml
