// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "data/sparse_rows.hpp"

namespace mml {

/// Of each column of a table the texts (levels) that its cells stand for, where they do: a cell then holds the number of its
/// level, NaN where it is missing. Columns of numbers have no levels; a table without categories has no entries at all.
using Categories = std::vector<std::vector<std::string>>;

inline bool has_levels(const Categories& categories, std::size_t column) {
    return column < categories.size() && !categories[column].empty();
}

/// What becomes of the cells of one column; empty: they stay.
using CellChange = std::function<float(float)>;

/// The rows with the cells of each column changed; one change a column.
SparseRows changed(const SparseRows& rows, const std::vector<CellChange>& changes);

/// The entries of the given columns, in their order; -1: none.
Categories rearranged(const Categories& categories, std::span<const std::int32_t> source);

}  // namespace mml
