// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/large_vector.hpp"
#include "data/sparse_rows.hpp"

namespace mml {

struct ColumnCell {
    std::uint32_t row;
    float value;
};

/// The stored cells of a table by column, rows rising within each: for what is fitted to one column after the other.
class ColumnCells {
public:
    explicit ColumnCells(const SparseRows& rows);

    std::span<const ColumnCell> column(std::size_t index) const {
        return std::span(cells_).subspan(starts_[index], starts_[index + 1] - starts_[index]);
    }

private:
    std::vector<std::size_t> starts_;
    LargeVector<ColumnCell> cells_;
};

}  // namespace mml
