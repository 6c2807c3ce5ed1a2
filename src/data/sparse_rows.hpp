// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mml {

/// One row of SparseRows: the cells that differ from the background, by rising column.
struct SparseRow {
    std::span<const std::int32_t> columns;
    std::span<const float> values;
};

/// A table of float32 cells, NaN for missing, kept as each row's differences from one background row. In Moodle's data
/// 94 % of the cells are 0 or always empty, and real sets are small this way. The form is canonical for a
/// background: no cell is stored that equals its column's background, zeros are +0, columns rise within a row; so two rows
/// are equal exactly when their stored cells are.
class SparseRows {
public:
    explicit SparseRows(std::vector<float> background = {}) : background_(std::move(background)) {}

    std::int64_t rows() const { return static_cast<std::int64_t>(starts_.size()) - 1; }
    std::int64_t columns() const { return static_cast<std::int64_t>(background_.size()); }
    std::int64_t stored() const { return static_cast<std::int64_t>(values_.size()); }
    const std::vector<float>& background() const { return background_; }
    SparseRow row(std::int64_t index) const;

    /// Adds a cell to the row that is being made; columns must rise. A value equal to the background is left out.
    void add_cell(std::int32_t column, float value);
    /// Adds a cell known to differ from the background and to be in canonical form.
    void add_stored_cell(std::int32_t column, float value) {
        columns_.push_back(column);
        values_.push_back(value);
    }
    void end_row() { starts_.push_back(static_cast<std::int64_t>(values_.size())); }
    void append_row(SparseRow row);
    void append_dense_row(std::span<const float> cells);
    void reserve(std::int64_t rows, std::int64_t cells);

    /// Writes all cells of a row to out[0 ... columns() - 1].
    void expand_row(std::int64_t index, std::span<float> out) const;

    /// Bytes of memory taken.
    std::int64_t bytes() const;

    const std::vector<std::int64_t>& starts() const { return starts_; }
    const std::vector<std::int32_t>& stored_columns() const { return columns_; }
    const std::vector<float>& stored_values() const { return values_; }

private:
    std::vector<float> background_;
    std::vector<std::int64_t> starts_{0};
    std::vector<std::int32_t> columns_;
    std::vector<float> values_;
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
