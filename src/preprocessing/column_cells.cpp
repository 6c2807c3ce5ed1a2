// SPDX-License-Identifier: Apache-2.0
#include "preprocessing/column_cells.hpp"

#include <numeric>

#include "base/index.hpp"

namespace mml {

ColumnCells::ColumnCells(const SparseRows& rows) : starts_(as_size(rows.columns()) + 1), cells_(as_size(rows.stored())) {
    RowSpace space;
    for (std::int64_t index = 0; index < rows.rows(); ++index) {
        for (const std::size_t column : rows.row(index, space).columns) ++starts_[column + 1];
    }
    std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
    std::vector<std::size_t> next(starts_.begin(), starts_.end() - 1);
    for (std::int64_t index = 0; index < rows.rows(); ++index) {
        const SparseRow row = rows.row(index, space);
        for (std::size_t i = 0; i < row.columns.size(); ++i) {
            cells_[next[row.columns[i]]++] = {narrowed<std::uint32_t>(index), row.values[i]};
        }
    }
}

}  // namespace mml
