// SPDX-License-Identifier: Apache-2.0
#include "data/sparse_rows.hpp"

#include <algorithm>
#include <limits>

#include "base/error.hpp"
#include "base/index.hpp"

namespace mml {

namespace {

// -0 and +0 are the same cell; adding +0 makes both +0.
float canonical(float value) { return value + 0.0F; }

constexpr unsigned first_bits = 16;  // of a place: the number of a row's first cell in its chunk
constexpr unsigned count_bits = 24;  // and how many cells it has
static_assert(CellChunk::most_cells == std::size_t{1} << first_bits);
constexpr std::size_t fewest_chunk_cells = 64;

std::size_t low_bits(std::uint64_t word, unsigned bits) { return word & ((std::uint64_t{1} << bits) - 1); }
std::uint64_t chunk_of(std::uint64_t place) { return place >> (first_bits + count_bits); }
std::size_t first_of(std::uint64_t place) { return low_bits(place >> count_bits, first_bits); }
std::size_t count_of(std::uint64_t place) { return low_bits(place, count_bits); }

bool keeps_all(std::span<const std::int32_t> source, std::int64_t columns) {
    if (std::ssize(source) != columns) return false;
    std::int32_t expected = 0;
    return std::ranges::all_of(source, [&](std::int32_t column) { return column == expected++; });
}

}  // namespace

SparseRow SparseRows::row(std::int64_t index, RowSpace& space) const {
    const Place place = places_[as_size(index)];
    const std::size_t count = count_of(place);
    return count == 0 ? SparseRow{} : chunks_[chunk_of(place)]->cells(first_of(place), count, space);
}

std::size_t SparseRows::cells_of_row(std::int64_t index) const { return count_of(places_[as_size(index)]); }

// Rows of few cells fill a chunk; the first chunks are small, for most tables are. A chunk that a copy shares takes no more.
CellChunk& SparseRows::chunk_with_room(std::size_t cells) {
    const bool own = !chunks_.empty() && chunks_.back().use_count() == 1;
    if (own && chunks_.back()->has_room(cells)) return *chunks_.back();
    auto next = std::make_shared<CellChunk>();
    if (own) {
        const std::int64_t before = chunks_.back()->bytes();
        chunks_.back()->pack(*next);
        chunk_bytes_ += chunks_.back()->bytes() - before;
    }
    const auto usual = std::clamp(as_size(stored_), fewest_chunk_cells, CellChunk::most_cells);
    next->reserve(std::max(cells, usual));
    return *chunks_.emplace_back(std::move(next));
}

void SparseRows::end_row() {
    const std::size_t count = row_values_.size();
    if (count >> count_bits != 0) fail(Status::limit, "more than 16777215 cells of a row differ from the usual ones");
    Place place = 0;
    if (count > 0) {
        CellChunk& chunk = chunk_with_room(count);
        place = ((chunks_.size() - 1) << (first_bits + count_bits)) | (chunk.size() << count_bits) | count;
        chunk.append(row_columns_, row_values_);
        chunk_bytes_ += narrowed<std::int64_t>(count * (sizeof(std::uint32_t) + sizeof(float)));
    }
    places_.push_back(place);
    stored_ += narrowed<std::int64_t>(count);
    row_columns_.clear();
    row_values_.clear();
}

void SparseRows::add_cell(std::size_t column, float value) {
    if (!same_cell(value, background_[column])) add_stored_cell(column, canonical(value));
}

void SparseRows::append_dense_row(std::span<const float> cells) {
    // Every cell is written to the end, and only those that are stored move the end: which they are, no processor guesses.
    std::size_t count = row_values_.size();
    row_columns_.resize(count + cells.size());
    row_values_.resize(count + cells.size());
    for (std::size_t column = 0; column < cells.size(); ++column) {
        row_columns_[count] = narrowed<std::uint32_t>(column);
        row_values_[count] = canonical(cells[column]);
        count += same_cell(cells[column], background_[column]) ? 0 : 1;
    }
    row_columns_.resize(count);
    row_values_.resize(count);
    end_row();
}

void SparseRows::append_rows(const SparseRows& rows) {
    const Place shift = Place{chunks_.size()} << (first_bits + count_bits);
    for (const Place place : rows.places_) places_.push_back(place + shift);
    chunks_.insert(chunks_.end(), rows.chunks_.begin(), rows.chunks_.end());
    stored_ += rows.stored_;
    chunk_bytes_ += rows.chunk_bytes_;
}

void SparseRows::expand_row(std::int64_t index, std::span<float> out) const {
    std::ranges::copy(background_, out.begin());
    RowSpace space;
    const SparseRow cells = row(index, space);
    for (std::size_t i = 0; i < cells.columns.size(); ++i) out[cells.columns[i]] = cells.values[i];
}

std::int64_t SparseRows::bytes() const {
    return columns() * std::int64_t{sizeof(float)} + rows() * std::int64_t{sizeof(Place)} + chunk_bytes_;
}

std::vector<std::int64_t> SparseRows::starts() const {
    std::vector<std::int64_t> starts{0};
    starts.reserve(places_.size() + 1);
    for (const Place place : places_) starts.push_back(starts.back() + narrowed<std::int64_t>(count_of(place)));
    return starts;
}

std::vector<std::int32_t> SparseRows::stored_columns() const {
    std::vector<std::int32_t> all;
    all.reserve(as_size(stored_));
    RowSpace space;
    for (std::int64_t i = 0; i < rows(); ++i) {
        for (const std::uint32_t column : row(i, space).columns) all.push_back(narrowed<std::int32_t>(column));
    }
    return all;
}

std::vector<float> SparseRows::stored_values() const {
    std::vector<float> all;
    all.reserve(as_size(stored_));
    RowSpace space;
    for (std::int64_t i = 0; i < rows(); ++i) {
        const SparseRow cells = row(i, space);
        all.insert(all.end(), cells.values.begin(), cells.values.end());
    }
    return all;
}

std::vector<float> column_modes(std::span<const float> cells, std::int64_t rows) {
    if (rows == 0) return {};
    const std::size_t columns = cells.size() / as_size(rows);
    std::vector<float> modes(columns);
    std::vector<float> met;
    std::vector<int> counts;
    for (std::size_t column = 0; column < columns; ++column) {
        met.clear();
        counts.clear();
        for (std::size_t i = column; i < cells.size(); i += columns) {
            const auto found = std::ranges::find_if(met, [&](float value) { return same_cell(value, cells[i]); });
            const std::size_t place = as_size(found - met.begin());
            if (found == met.end()) {
                met.push_back(canonical(cells[i]));
                counts.push_back(0);
            }
            ++counts[place];
        }
        modes[column] = item(met, std::ranges::max_element(counts) - counts.begin());
    }
    return modes;
}

SparseRows rearranged(const SparseRows& rows, std::span<const std::int32_t> source) {
    if (keeps_all(source, rows.columns())) return rows;
    std::vector<float> background(source.size(), std::numeric_limits<float>::quiet_NaN());
    std::vector<std::int32_t> destination(rows.background().size(), -1);
    for (std::size_t i = 0; i < source.size(); ++i) {
        if (source[i] < 0) continue;
        background[i] = item(rows.background(), source[i]);
        item(destination, source[i]) = narrowed<std::int32_t>(i);
    }
    SparseRows result(std::move(background));
    result.reserve(rows.rows());
    std::vector<std::pair<std::size_t, float>> cells;
    RowSpace space;
    for (std::int64_t index = 0; index < rows.rows(); ++index) {
        const SparseRow row = rows.row(index, space);
        cells.clear();
        for (std::size_t i = 0; i < row.columns.size(); ++i) {
            const std::int32_t column = destination[row.columns[i]];
            if (column >= 0) cells.emplace_back(as_size(column), row.values[i]);
        }
        std::ranges::sort(cells, {}, &std::pair<std::size_t, float>::first);
        for (const auto& [column, value] : cells) result.add_stored_cell(column, value);
        result.end_row();
    }
    return result;
}

SparseRows selected(const SparseRows& rows, std::span<const std::int64_t> indices) {
    SparseRows result(rows.background());
    result.chunks_ = rows.chunks_;
    result.chunk_bytes_ = rows.chunk_bytes_;
    result.reserve(std::ssize(indices));
    for (const std::int64_t index : indices) {
        result.places_.push_back(rows.places_[as_size(index)]);
        result.stored_ += narrowed<std::int64_t>(count_of(result.places_.back()));
    }
    return result;
}

}  // namespace mml
