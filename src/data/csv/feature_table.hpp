// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "data/csv/background_text.hpp"
#include "data/csv/row_cursor.hpp"
#include "data/sparse_rows.hpp"
#include "data/table_builder.hpp"

namespace mml {

/// Builds the sparse table of a Moodle file while its rows are read: once the background is known, cells that are written
/// like it are passed over as text.
class FeatureTable {
public:
    explicit FeatureTable(std::int64_t columns) : columns_(columns), first_rows_(columns) {}

    /// Takes the cells of `count` columns from `first` on; a row's columns are taken from left to right.
    void take_cells(RowCursor& cursor, std::int32_t first, std::int32_t count);
    void end_row();

    /// Bytes of memory taken.
    std::int64_t bytes() const { return background_known_ ? rows_.bytes() : first_rows_.bytes(); }
    /// The table; nothing can be added afterwards.
    SparseRows finish();

private:
    void take_background();
    void take_differing_cells(RowCursor& cursor, std::int32_t first, std::int32_t last);

    std::int64_t columns_;
    TableBuilder first_rows_;  // until the background is known
    std::vector<float> row_;
    bool background_known_ = false;
    SparseRows rows_;
    BackgroundText text_;
    bool skips_background_ = false;
};

}  // namespace mml
