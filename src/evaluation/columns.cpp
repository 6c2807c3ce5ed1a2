// SPDX-License-Identifier: Apache-2.0
#include "evaluation/columns.hpp"

#include <algorithm>
#include <utility>

#include "data/cell_hash.hpp"

namespace mml {

namespace {

bool is_missing(float cell) { return cell != cell; }

}  // namespace

// Counts the cells of each column, then lays them down: two passes, and no list of lists.
Columns::Columns(const SparseRows& rows)
    : rows_(rows.rows()),
      background_(rows.background()),
      starts_(background_.size() + 1),
      stored_rows_(rows.stored_columns().size()),
      stored_values_(rows.stored_columns().size()) {
    for (const std::int32_t column : rows.stored_columns()) ++starts_[static_cast<std::size_t>(column) + 1];
    for (std::size_t column = 1; column < starts_.size(); ++column) starts_[column] += starts_[column - 1];
    std::vector<std::size_t> next(starts_.begin(), starts_.end() - 1);
    for (std::int64_t number = 0; number < rows_; ++number) {
        const SparseRow row = rows.row(number);
        for (std::size_t i = 0; i < row.columns.size(); ++i) {
            const std::size_t place = next[static_cast<std::size_t>(row.columns[i])]++;
            stored_rows_[place] = static_cast<std::int32_t>(number);
            stored_values_[place] = row.values[i];
        }
    }
}

std::span<const std::int32_t> Columns::stored_rows(std::size_t column) const {
    return std::span(stored_rows_).subspan(starts_[column], starts_[column + 1] - starts_[column]);
}

std::span<const float> Columns::stored_values(std::size_t column) const {
    return std::span(stored_values_).subspan(starts_[column], starts_[column + 1] - starts_[column]);
}

bool Columns::is_constant(std::size_t column) const {
    const std::span<const float> values = stored_values(column);
    if (values.empty()) return true;
    if (std::cmp_less(values.size(), rows_)) return false;
    return std::ranges::all_of(values, [&](float value) { return same_cell(value, values.front()); });
}

std::int64_t Columns::missing(std::size_t column) const {
    const std::span<const float> values = stored_values(column);
    const std::int64_t stored = std::ranges::count_if(values, is_missing);
    return stored + (is_missing(background_[column]) ? rows_ - static_cast<std::int64_t>(values.size()) : 0);
}

// Columns that are equal cell by cell may have other backgrounds only where ties made them so; such a pair goes unnoticed.
bool Columns::equal(std::size_t a, std::size_t b) const {
    return same_cell(background_[a], background_[b]) && std::ranges::equal(stored_rows(a), stored_rows(b)) &&
           std::ranges::equal(stored_values(a), stored_values(b), same_cell);
}

std::uint64_t Columns::hash(std::size_t column) const {
    const std::span<const std::int32_t> rows = stored_rows(column);
    const std::span<const float> values = stored_values(column);
    std::uint64_t hash = cell_bits(background_[column]);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        hash = mixed_hash(hash, (static_cast<std::uint64_t>(rows[i]) << 32U) | cell_bits(values[i]));
    }
    return hash;
}

std::vector<float> Columns::cells(std::size_t column) const {
    std::vector<float> result(static_cast<std::size_t>(rows_), background_[column]);
    const std::span<const std::int32_t> rows = stored_rows(column);
    const std::span<const float> values = stored_values(column);
    for (std::size_t i = 0; i < rows.size(); ++i) result[static_cast<std::size_t>(rows[i])] = values[i];
    return result;
}

}  // namespace mml
