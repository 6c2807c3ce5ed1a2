// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "data/csv/background_text.hpp"
#include "data/csv/row_cursor.hpp"
#include "data/sparse_rows.hpp"

namespace mml {

/// Builds a sparse table while its rows are read. The first rows are held dense until they tell the background.
class FeatureTable {
public:
    explicit FeatureTable(std::int64_t columns) : columns_(columns) {}

    /// Takes the cells of `count` columns from `first` on; a row's columns are taken from left to right.
    void take_cells(RowCursor& cursor, std::int32_t first, std::int32_t count);
    void end_row();

    /// Bytes of memory taken.
    std::int64_t bytes() const;
    /// The table; nothing can be added afterwards.
    SparseRows finish();

private:
    void choose_background();
    void take_differing_cells(RowCursor& cursor, std::int32_t first, std::int32_t last);

    std::int64_t columns_;
    std::int64_t first_rows_ = 0;  // held in first_cells_
    std::vector<float> first_cells_;
    bool background_known_ = false;
    SparseRows rows_;
    BackgroundText text_;
    bool skips_background_ = false;
};

}  // namespace mml
