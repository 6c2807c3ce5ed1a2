// SPDX-License-Identifier: Apache-2.0
#include "data/table_builder.hpp"

#include "base/index.hpp"

namespace mml {

namespace {

constexpr std::int64_t most_first_rows = 256;
constexpr std::size_t most_first_cells = std::size_t{1} << 20U;

}  // namespace

void TableBuilder::add_row(std::span<const float> cells) {
    if (background_known_) {
        rows_.append_dense_row(cells);
        return;
    }
    first_cells_.insert(first_cells_.end(), cells.begin(), cells.end());
    ++first_rows_;
    if (first_rows_ == most_first_rows || first_cells_.size() >= most_first_cells) choose_background();
}

void TableBuilder::choose_background() {
    const std::vector<float> cells = std::move(first_cells_);
    const auto columns = as_size(columns_);
    rows_ = SparseRows(first_rows_ > 0 ? column_modes(cells, first_rows_) : std::vector<float>(columns));
    for (std::int64_t row = 0; row < first_rows_; ++row)
        rows_.append_dense_row(std::span(cells).subspan(as_size(row) * columns, columns));
    background_known_ = true;
}

std::int64_t TableBuilder::bytes() const {
    return rows_.bytes() + narrowed<std::int64_t>(first_cells_.capacity() * sizeof(float));
}

SparseRows TableBuilder::finish() {
    if (!background_known_) choose_background();
    return std::move(rows_);
}

}  // namespace mml
