// SPDX-License-Identifier: Apache-2.0
#include "data/sparse_rows.hpp"

#include <algorithm>
#include <limits>

namespace mml {

namespace {

// -0 and +0 are the same cell; adding +0 makes both +0.
float canonical(float value) { return value + 0.0F; }

}  // namespace

SparseRow SparseRows::row(std::int64_t index) const {
    const auto begin = static_cast<std::size_t>(starts_[static_cast<std::size_t>(index)]);
    const auto end = static_cast<std::size_t>(starts_[static_cast<std::size_t>(index) + 1]);
    return {std::span(columns_).subspan(begin, end - begin), std::span(values_).subspan(begin, end - begin)};
}

void SparseRows::add_cell(std::int32_t column, float value) {
    if (!same_cell(value, background_[static_cast<std::size_t>(column)])) add_stored_cell(column, canonical(value));
}

void SparseRows::append_row(SparseRow row) {
    columns_.insert(columns_.end(), row.columns.begin(), row.columns.end());
    values_.insert(values_.end(), row.values.begin(), row.values.end());
    end_row();
}

void SparseRows::append_dense_row(std::span<const float> cells) {
    for (std::size_t column = 0; column < cells.size(); ++column) add_cell(static_cast<std::int32_t>(column), cells[column]);
    end_row();
}

void SparseRows::reserve(std::int64_t rows, std::int64_t cells) {
    starts_.reserve(static_cast<std::size_t>(rows) + 1);
    columns_.reserve(static_cast<std::size_t>(cells));
    values_.reserve(static_cast<std::size_t>(cells));
}

void SparseRows::expand_row(std::int64_t index, std::span<float> out) const {
    std::ranges::copy(background_, out.begin());
    const SparseRow cells = row(index);
    for (std::size_t i = 0; i < cells.columns.size(); ++i) out[static_cast<std::size_t>(cells.columns[i])] = cells.values[i];
}

std::int64_t SparseRows::bytes() const {
    return static_cast<std::int64_t>(background_.capacity() * sizeof(float) + starts_.capacity() * sizeof(std::int64_t) +
                                     columns_.capacity() * sizeof(std::int32_t) + values_.capacity() * sizeof(float));
}

std::vector<float> column_modes(std::span<const float> cells, std::int64_t rows) {
    if (rows == 0) return {};
    const std::size_t columns = cells.size() / static_cast<std::size_t>(rows);
    std::vector<float> modes(columns);
    std::vector<float> met;
    std::vector<int> counts;
    for (std::size_t column = 0; column < columns; ++column) {
        met.clear();
        counts.clear();
        for (std::size_t i = column; i < cells.size(); i += columns) {
            const auto found = std::ranges::find_if(met, [&](float value) { return same_cell(value, cells[i]); });
            const auto place = static_cast<std::size_t>(found - met.begin());
            if (found == met.end()) {
                met.push_back(canonical(cells[i]));
                counts.push_back(0);
            }
            ++counts[place];
        }
        modes[column] = met[static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin())];
    }
    return modes;
}

SparseRows rearranged(const SparseRows& rows, std::span<const std::int32_t> source) {
    std::vector<float> background(source.size(), std::numeric_limits<float>::quiet_NaN());
    std::vector<std::int32_t> destination(static_cast<std::size_t>(rows.columns()), -1);
    for (std::size_t i = 0; i < source.size(); ++i) {
        if (source[i] < 0) continue;
        background[i] = rows.background()[static_cast<std::size_t>(source[i])];
        destination[static_cast<std::size_t>(source[i])] = static_cast<std::int32_t>(i);
    }
    SparseRows result(std::move(background));
    result.reserve(rows.rows(), rows.stored());
    std::vector<std::pair<std::int32_t, float>> cells;
    for (std::int64_t index = 0; index < rows.rows(); ++index) {
        const SparseRow row = rows.row(index);
        cells.clear();
        for (std::size_t i = 0; i < row.columns.size(); ++i) {
            const std::int32_t column = destination[static_cast<std::size_t>(row.columns[i])];
            if (column >= 0) cells.emplace_back(column, row.values[i]);
        }
        std::ranges::sort(cells, {}, &std::pair<std::int32_t, float>::first);
        for (const auto& [column, value] : cells) result.add_stored_cell(column, value);
        result.end_row();
    }
    return result;
}

SparseRows selected(const SparseRows& rows, std::span<const std::int64_t> indices) {
    std::int64_t cells = 0;
    for (const std::int64_t index : indices) cells += static_cast<std::int64_t>(rows.row(index).columns.size());
    SparseRows result(rows.background());
    result.reserve(static_cast<std::int64_t>(indices.size()), cells);
    for (const std::int64_t index : indices) result.append_row(rows.row(index));
    return result;
}

}  // namespace mml
