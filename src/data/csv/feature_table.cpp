// SPDX-License-Identifier: Apache-2.0
#include "data/csv/feature_table.hpp"

#include <span>

namespace mml {

namespace {

constexpr std::int64_t most_first_rows = 256;
constexpr std::size_t most_first_cells = std::size_t{1} << 20U;
// Where more than one cell in so many differs from the background, looking for the next one costs more than parsing all.
constexpr std::int64_t cells_to_one_differing = 4;

}  // namespace

void FeatureTable::take_cells(RowCursor& cursor, std::int32_t first, std::int32_t count) {
    if (background_known_) {
        take_differing_cells(cursor, first, first + count);
    } else {
        for (std::int32_t i = 0; i < count; ++i) first_cells_.push_back(cursor.take_feature());
    }
}

void FeatureTable::take_differing_cells(RowCursor& cursor, std::int32_t first, std::int32_t last) {
    const float* background = rows_.background().data();
    for (std::int32_t column = first; column < last; ++column) {
        if (skips_background_) column = text_.skip(cursor, column, last);
        if (column == last) break;
        const char* cell = cursor.position();
        const float value = cursor.take_feature();
        if (!same_cell(value, background[column])) {
            rows_.add_stored_cell(column, value + 0.0F);  // -0 becomes +0
        } else if (skips_background_ && cursor.position() != nullptr) {
            text_.learn(column, {cell, cursor.position() - 1});
        }
    }
}

void FeatureTable::end_row() {
    if (background_known_) {
        rows_.end_row();
        text_.apply();
        return;
    }
    ++first_rows_;
    if (first_rows_ == most_first_rows || first_cells_.size() >= most_first_cells) choose_background();
}

void FeatureTable::choose_background() {
    const std::vector<float> cells = std::move(first_cells_);
    rows_ = SparseRows(first_rows_ > 0 ? column_modes(cells, first_rows_)
                                       : std::vector<float>(static_cast<std::size_t>(columns_)));
    for (std::int64_t row = 0; row < first_rows_; ++row) {
        rows_.append_dense_row(
            std::span(cells).subspan(static_cast<std::size_t>(row * columns_), static_cast<std::size_t>(columns_)));
    }
    text_ = BackgroundText(rows_.background());
    skips_background_ = rows_.stored() < first_rows_ * columns_ / cells_to_one_differing;
    background_known_ = true;
}

std::int64_t FeatureTable::bytes() const {
    return rows_.bytes() + static_cast<std::int64_t>(first_cells_.capacity() * sizeof(float));
}

SparseRows FeatureTable::finish() {
    if (!background_known_) choose_background();
    return std::move(rows_);
}

}  // namespace mml
