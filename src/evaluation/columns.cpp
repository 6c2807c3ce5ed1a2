// SPDX-License-Identifier: Apache-2.0
#include "evaluation/columns.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "base/index.hpp"
#include "data/cell_hash.hpp"

namespace mml {

namespace {

bool is_missing(float cell) { return cell != cell; }

}  // namespace

Columns::Columns(const SparseRows& rows) : rows_(rows.rows()), background_(rows.background()), stored_(rows) {}

bool Columns::is_constant(std::size_t column) const {
    const std::span<const ColumnCell> cells = stored_.column(column);
    if (cells.empty()) return true;
    if (std::cmp_less(cells.size(), rows_)) return false;
    return std::ranges::all_of(cells, [&](ColumnCell cell) { return same_cell(cell.value, cells.front().value); });
}

std::int64_t Columns::missing(std::size_t column) const {
    const std::span<const ColumnCell> cells = stored_.column(column);
    const std::int64_t stored = std::ranges::count_if(cells, is_missing, &ColumnCell::value);
    return stored + (is_missing(background_[column]) ? rows_ - std::ssize(cells) : 0);
}

// Columns that are equal cell by cell may have other backgrounds only where ties made them so; such a pair goes unnoticed.
bool Columns::equal(std::size_t a, std::size_t b) const {
    return same_cell(background_[a], background_[b]) &&
           std::ranges::equal(stored_.column(a), stored_.column(b), [](ColumnCell one, ColumnCell other) {
               return one.row == other.row && same_cell(one.value, other.value);
           });
}

std::uint64_t Columns::hash(std::size_t column) const {
    std::uint64_t hash = cell_bits(background_[column]);
    for (const ColumnCell cell : stored_.column(column)) {
        hash = mixed_hash(hash, (static_cast<std::uint64_t>(cell.row) << 32U) | cell_bits(cell.value));
    }
    return hash;
}

std::vector<float> Columns::cells(std::size_t column) const {
    std::vector<float> result(as_size(rows_), background_[column]);
    for (const ColumnCell cell : stored_.column(column)) item(result, cell.row) = cell.value;
    return result;
}

std::vector<std::pair<std::size_t, std::size_t>> repeated_columns(const Columns& columns) {
    std::vector<std::pair<std::uint64_t, std::size_t>> hashes;
    for (std::size_t column = 0; column < columns.count(); ++column) {
        if (!columns.is_constant(column)) hashes.emplace_back(columns.hash(column), column);
    }
    std::ranges::sort(hashes);
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    for (std::size_t first = 0, i = 1; i < hashes.size(); ++i) {
        if (hashes[i].first != hashes[first].first) first = i;
        if (first != i && columns.equal(hashes[i].second, hashes[first].second)) {
            pairs.emplace_back(hashes[i].second, hashes[first].second);
        }
    }
    std::ranges::sort(pairs);
    return pairs;
}

}  // namespace mml
