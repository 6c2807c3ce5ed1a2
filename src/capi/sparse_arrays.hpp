// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "base/index.hpp"
#include "capi/arrays.hpp"

namespace mml::capi {

/// Compressed sparse rows in three arrays of the caller's, as mml_dataset_from_csr_arrays() takes them, looked at in place.
class SparseArraysView {
public:
    /// Throws Error(invalid_argument) where they are no vectors, do not fit each other, or the starts of rows fall.
    SparseArraysView(std::int64_t columns, const mml_array* row_starts, const mml_array* column_indices,
                     const mml_array* values);

    std::int64_t rows() const { return starts_.size() - 1; }

    /// Calls take(column, cell) for each cell of a row, columns rising. Throws Error(invalid_argument) for a column that is
    /// out of range or order, Error(bad_data) for a cell that is infinite.
    template <typename Take>
    void for_each_cell(std::int64_t row, Take take) const {
        std::int64_t previous = -1;
        const std::int64_t end = starts_.whole_at(row + 1);
        for (std::int64_t k = starts_.whole_at(row); k < end; ++k) {
            const std::int64_t column = indices_.whole_at(k);
            check_column(row, column, previous, columns_);
            take(narrowed<std::int32_t>(column), feature(cells_.at(k), "values", row, column));
            previous = column;
        }
    }

private:
    static void check_column(std::int64_t row, std::int64_t column, std::int64_t previous, std::int64_t columns);
    void check_starts() const;

    std::int64_t columns_;
    ListView starts_;
    ListView indices_;
    ListView cells_;
};

}  // namespace mml::capi
