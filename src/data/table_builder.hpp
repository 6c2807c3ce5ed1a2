// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/sparse_rows.hpp"

namespace mml {

/// Makes a sparse table of dense rows, one after the other, wherever they come from. The first rows are held until they tell
/// the background; what the background is changes the memory taken, never results.
class TableBuilder {
public:
    explicit TableBuilder(std::int64_t columns) : columns_(columns) {}

    /// `cells`: one a column, NaN for missing.
    void add_row(std::span<const float> cells);

    bool has_background() const { return background_known_; }
    std::int64_t bytes() const;
    /// The table; nothing can be added afterwards.
    SparseRows finish();

private:
    void choose_background();

    std::int64_t columns_;
    std::int64_t first_rows_ = 0;  // held in first_cells_
    std::vector<float> first_cells_;
    bool background_known_ = false;
    SparseRows rows_;
};

}  // namespace mml
