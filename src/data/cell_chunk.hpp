// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mml {

/// One row of SparseRows: the cells that differ from the background, by rising column.
struct SparseRow {
    std::span<const std::uint32_t> columns;
    std::span<const float> values;
};

/// Where the cells of a row are written that lie packed; a row read into it is valid until the next.
struct RowSpace {
    std::vector<std::uint32_t> columns;
    std::vector<float> values;
};

/// The cells of some rows, one after the other. In data like Moodle's a few thousand different cells, as pairs of column and
/// value, come again and again: a chunk that is full keeps each of them once and two bytes a cell, a fourth of what it took.
class CellChunk {
public:
    static constexpr std::size_t most_cells = std::size_t{1} << 16U;  ///< unless one row has more

    std::size_t size() const { return packed() ? numbers_.size() : values_.size(); }
    std::int64_t bytes() const;
    void reserve(std::size_t cells);
    /// Whether so many cells can be added without moving those that are there.
    bool has_room(std::size_t cells) const;
    void append(std::span<const std::uint32_t> columns, std::span<const float> values);
    SparseRow cells(std::size_t first, std::size_t count, RowSpace& space) const;

    /// Packs the cells, after which none can be added, unless too many of them are different ones. The memory that is free
    /// then goes to `next`.
    void pack(CellChunk& next);

private:
    struct Cell {
        std::uint32_t column;
        float value;
    };
    class DifferentCells;

    bool packed() const { return !numbers_.empty(); }

    std::vector<std::uint32_t> columns_;
    std::vector<float> values_;
    std::vector<std::uint16_t> numbers_;  // packed: of each cell, its place in different_
    std::vector<Cell> different_;
};

}  // namespace mml
