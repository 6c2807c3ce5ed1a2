// SPDX-License-Identifier: Apache-2.0
#include "data/csv/feature_table.hpp"

#include "base/index.hpp"

namespace mml {

namespace {

// Where more than one cell in so many differs from the background, looking for the next one costs more than parsing all.
constexpr std::int64_t cells_to_one_differing = 4;

}  // namespace

void FeatureTable::take_cells(RowCursor& cursor, std::int32_t first, std::int32_t count) {
    if (background_known_) {
        take_differing_cells(cursor, first, first + count);
    } else {
        for (std::int32_t i = 0; i < count; ++i) row_.push_back(cursor.take_feature());
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
            rows_.add_stored_cell(as_size(column), value + 0.0F);  // -0 becomes +0
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
    first_rows_.add_row(row_);
    row_.clear();
    if (first_rows_.has_background()) take_background();
}

void FeatureTable::take_background() {
    rows_ = first_rows_.finish();
    text_ = BackgroundText(rows_.background());
    skips_background_ = rows_.stored() < rows_.rows() * columns_ / cells_to_one_differing;
    background_known_ = true;
}

SparseRows FeatureTable::finish() {
    if (!background_known_) take_background();
    return std::move(rows_);
}

}  // namespace mml
