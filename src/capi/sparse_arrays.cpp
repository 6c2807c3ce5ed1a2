// SPDX-License-Identifier: Apache-2.0
#include "capi/sparse_arrays.hpp"

#include "capi/guard.hpp"

namespace mml::capi {

SparseArraysView::SparseArraysView(std::int64_t columns, const mml_array* row_starts, const mml_array* column_indices,
                                   const mml_array* values)
    : columns_(columns),
      starts_(row_starts, "row_starts"),
      indices_(column_indices, "column_indices"),
      cells_(values, "values") {
    check_count(columns, "columns", 1);
    check_count(starts_.size(), "row_starts: its size", 1);
    check_starts();
    const std::int64_t cells = starts_.whole_at(rows());
    if (indices_.size() != cells || cells_.size() != cells) {
        fail(Status::invalid_argument,
             concat("row_starts ends with ", cells, ", but there are ", indices_.size(), " column_indices and ",
                    cells_.size(), " values: give one of each for a cell"));
    }
}

void SparseArraysView::check_starts() const {
    std::int64_t previous = starts_.whole_at(0);
    if (previous != 0)
        fail(Status::invalid_argument, concat("row_starts begins with ", previous, ": the first row starts at 0"));
    for (std::int64_t row = 0; row < rows(); ++row) {
        const std::int64_t next = starts_.whole_at(row + 1);
        if (next < previous) {
            fail(Status::invalid_argument, concat("row_starts falls from ", previous, " to ", next, " after row ", row,
                                                  ": the starts of rows never fall"));
        }
        previous = next;
    }
}

void SparseArraysView::check_column(std::int64_t row, std::int64_t column, std::int64_t previous, std::int64_t columns) {
    if (column < 0 || column >= columns) {
        fail(Status::invalid_argument,
             concat("column_indices: row ", row, " has column ", column, ": give numbers from 0 to ", columns - 1));
    }
    if (column <= previous) {
        fail(Status::invalid_argument, concat("column_indices: row ", row, " has column ", column, " after ", previous,
                                              ": sort each row's cells by column and give each column once"));
    }
}

}  // namespace mml::capi
