// SPDX-License-Identifier: Apache-2.0
#include "data/cell_chunk.hpp"

#include <algorithm>
#include <bit>

#include "base/index.hpp"

namespace mml {

namespace {

// Of a small table packing saves nothing that counts.
constexpr std::size_t fewest_packed = 4096;

}  // namespace

// Numbers cells in order of first appearance, by an open hash table that is never more than half full.
class CellChunk::DifferentCells {
public:
    // The cell's number; none where there are more different cells than half of a full chunk's, or where they are made so
    // that their hashes meet.
    static constexpr std::uint16_t none = 0xFFFF;

    std::uint16_t number_of(Cell cell) {
        std::size_t place = hash(cell);
        for (; table_[place] != none; place = (place + 1) % table_.size(), ++misses_) {
            if (same(cells[table_[place]], cell)) return table_[place];
        }
        if (cells.size() == most_cells / 2 || misses_ > most_misses) return none;
        table_[place] = narrowed<std::uint16_t>(cells.size());
        cells.push_back(cell);
        return table_[place];
    }

    std::vector<Cell> cells;

private:
    // By their bits, for what is read must be what was written.
    static std::uint64_t word(Cell cell) {
        return (std::uint64_t{cell.column} << 32U) | std::bit_cast<std::uint32_t>(cell.value);
    }
    static bool same(Cell a, Cell b) { return word(a) == word(b); }
    static std::size_t hash(Cell cell) { return (word(cell) * 0x9E3779B97F4A7C15U) >> 48U; }

    static constexpr std::size_t most_misses = 16 * most_cells;

    std::size_t misses_ = 0;
    std::vector<std::uint16_t> table_ = std::vector<std::uint16_t>(most_cells, none);
};

std::int64_t CellChunk::bytes() const {
    return narrowed<std::int64_t>(columns_.size() * sizeof(std::uint32_t) + values_.size() * sizeof(float) +
                                  numbers_.size() * sizeof(std::uint16_t) + different_.size() * sizeof(Cell));
}

void CellChunk::reserve(std::size_t cells) {
    columns_.reserve(cells);
    values_.reserve(cells);
}

bool CellChunk::has_room(std::size_t cells) const {
    const std::size_t used = values_.size();
    return !packed() && used < most_cells && used + cells <= std::min(columns_.capacity(), values_.capacity());
}

void CellChunk::append(std::span<const std::uint32_t> columns, std::span<const float> values) {
    columns_.insert(columns_.end(), columns.begin(), columns.end());
    values_.insert(values_.end(), values.begin(), values.end());
}

SparseRow CellChunk::cells(std::size_t first, std::size_t count, RowSpace& space) const {
    if (!packed()) return {std::span(columns_).subspan(first, count), std::span(values_).subspan(first, count)};
    if (space.values.size() < count) {
        space.columns.resize(count);
        space.values.resize(count);
    }
    const std::uint16_t* const numbers = numbers_.data() + first;
    const Cell* const different = different_.data();
    std::uint32_t* const columns = space.columns.data();
    float* const values = space.values.data();
    for (std::size_t i = 0; i < count; ++i) {
        const Cell cell = different[numbers[i]];
        columns[i] = cell.column;
        values[i] = cell.value;
    }
    return {{columns, count}, {values, count}};
}

// Gives up as soon as more than half of the cells are different ones: then packing takes time and saves little.
void CellChunk::pack(CellChunk& next) {
    if (packed() || values_.size() < fewest_packed) return;
    DifferentCells different;
    std::vector<std::uint16_t> numbers;
    numbers.reserve(values_.size());
    for (std::size_t i = 0; i < values_.size(); ++i) {
        numbers.push_back(different.number_of({columns_[i], values_[i]}));
        const bool too_many = different.cells.size() > i / 2 + fewest_packed / 2;
        if (too_many || numbers.back() == DifferentCells::none) return;
    }
    different_.assign(different.cells.begin(), different.cells.end());  // the last that could fail
    numbers_ = std::move(numbers);
    columns_.swap(next.columns_);
    values_.swap(next.values_);
    next.columns_.clear();
    next.values_.clear();
}

}  // namespace mml
