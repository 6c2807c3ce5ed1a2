// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/index.hpp"
#include "base/large_vector.hpp"
#include "data/cell_chunk.hpp"

namespace mml {

/// A table of float32 cells, NaN for missing, kept as each row's differences from one background row. In Moodle's data
/// 94 % of the cells are 0 or always empty, and real sets are small this way. The form is canonical for a
/// background: no cell is stored that equals its column's background, zeros are +0, columns rise within a row; so two rows
/// are equal exactly when their stored cells are.
///
/// Cells lie in chunks that copies share, so that copying a table, selecting rows and merging equal ones cost 8 bytes a row.
/// Chunks that are full are packed (cell_chunk.hpp).
class SparseRows {
public:
    explicit SparseRows(std::vector<float> background = {}) : background_(std::move(background)) {}

    std::int64_t rows() const { return std::ssize(places_); }
    std::int64_t columns() const { return std::ssize(background_); }
    /// Cells that differ from the background, of all rows.
    std::int64_t stored() const { return stored_; }
    const std::vector<float>& background() const { return background_; }
    /// Valid until `space` is used again.
    SparseRow row(std::int64_t index, RowSpace& space) const;
    std::size_t cells_of_row(std::int64_t index) const;

    /// Adds a cell to the row that is being made; columns must rise. A value equal to the background is left out.
    void add_cell(std::size_t column, float value);
    /// Adds a cell known to differ from the background and to be in canonical form.
    void add_stored_cell(std::size_t column, float value) {
        row_columns_.push_back(narrowed<std::uint32_t>(column));
        row_values_.push_back(value);
    }
    /// Throws Error(limit) where more than 16,777,215 cells of the row differ from the background.
    void end_row();
    void append_dense_row(std::span<const float> cells);
    /// Adds all rows of a table with the same background.
    void append_rows(const SparseRows& rows);
    void reserve(std::int64_t rows) { places_.reserve(as_size(rows)); }

    /// Writes all cells of a row to out[0 ... columns() - 1].
    void expand_row(std::int64_t index, std::span<float> out) const;

    /// Bytes of memory that the table takes; those of shared cells too, and of cells that only other tables show.
    std::int64_t bytes() const;

    /// All stored cells, row after row: row i's are those from starts[i] to before starts[i + 1].
    std::vector<std::int64_t> starts() const;
    std::vector<std::int32_t> stored_columns() const;
    std::vector<float> stored_values() const;

private:
    // Where a row's cells lie, in one word: the number of their chunk, that of the first cell there, and how many they are.
    using Place = std::uint64_t;

    friend SparseRows selected(const SparseRows& rows, std::span<const std::int64_t> indices);

    CellChunk& chunk_with_room(std::size_t cells);

    std::vector<float> background_;
    LargeVector<Place> places_;
    std::vector<std::shared_ptr<CellChunk>> chunks_;
    std::int64_t chunk_bytes_ = 0;
    std::int64_t stored_ = 0;
    std::vector<std::uint32_t> row_columns_;  // of the row that is being made
    std::vector<float> row_values_;
};

/// Equal as cells of a table: NaN equals NaN.
inline bool same_cell(float a, float b) { return a == b || (a != a && b != b); }

/// The most frequent value of each column of `rows` dense rows of equal length (row-major); ties go to the value met first.
std::vector<float> column_modes(std::span<const float> cells, std::int64_t rows);

/// The rows with their columns rearranged: column i of the result is column source[i] of `rows`, or all NaN where
/// source[i] is -1.
SparseRows rearranged(const SparseRows& rows, std::span<const std::int32_t> source);

/// The given rows, in the given order.
SparseRows selected(const SparseRows& rows, std::span<const std::int64_t> indices);

}  // namespace mml
