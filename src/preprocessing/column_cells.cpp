// SPDX-License-Identifier: Apache-2.0
#include "preprocessing/column_cells.hpp"

#include <numeric>

namespace mml {

ColumnCells::ColumnCells(const SparseRows& rows)
    : starts_(static_cast<std::size_t>(rows.columns()) + 1), cells_(static_cast<std::size_t>(rows.stored())) {
    RowSpace space;
    for (std::int64_t index = 0; index < rows.rows(); ++index) {
        for (const std::int32_t column : rows.row(index, space).columns) ++starts_[static_cast<std::size_t>(column) + 1];
    }
    std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
    std::vector<std::int64_t> next(starts_.begin(), starts_.end() - 1);
    for (std::int64_t index = 0; index < rows.rows(); ++index) {
        const SparseRow row = rows.row(index, space);
        for (std::size_t i = 0; i < row.columns.size(); ++i) {
            auto& place = next[static_cast<std::size_t>(row.columns[i])];
            cells_[static_cast<std::size_t>(place++)] = {static_cast<std::int32_t>(index), row.values[i]};
        }
    }
}

}  // namespace mml
