// SPDX-License-Identifier: Apache-2.0
#include "evaluation/column_units.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "base/index.hpp"
#include "base/text.hpp"

namespace mml {

namespace {

// Sets of columns that were joined, each named after its first column.
class JoinedColumns {
public:
    explicit JoinedColumns(std::size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), std::size_t{0}); }

    std::size_t first_of(std::size_t column) {
        while (parent_[column] != column) column = parent_[column] = parent_[parent_[column]];
        return column;
    }

    void join(std::size_t a, std::size_t b) {
        const auto [first, second] = std::minmax({first_of(a), first_of(b)});
        parent_[second] = first;
    }

private:
    std::vector<std::size_t> parent_;
};

std::string family_of(const std::string& column, const ColumnFamily& family) { return family ? family(column) : column; }

}  // namespace

std::vector<ColumnUnit> column_units(const Dataset& dataset, const Columns& cells, std::span<const std::int32_t> columns,
                                     const ColumnFamily& family) {
    JoinedColumns joined(cells.count());
    std::unordered_map<std::string, std::size_t> first_of_family;
    std::vector<bool> wanted(cells.count());
    for (const std::int32_t number : columns) {
        const auto column = as_size(number);
        if (cells.is_constant(column)) continue;
        wanted[column] = true;
        joined.join(column,
                    first_of_family.try_emplace(family_of(dataset.column_names[column], family), column).first->second);
    }
    for (const auto& [repeated, original] : repeated_columns(cells)) {
        if (wanted[repeated] && wanted[original]) joined.join(repeated, original);
    }
    std::vector<ColumnUnit> units;
    std::unordered_map<std::size_t, std::size_t> unit_of_first;
    for (std::size_t column = 0; column < wanted.size(); ++column) {
        if (!wanted[column]) continue;
        const auto [place, is_new] = unit_of_first.try_emplace(joined.first_of(column), units.size());
        if (is_new) units.push_back({valid_utf8(family_of(dataset.column_names[column], family)), {}});
        units[place->second].columns.push_back(column);
    }
    return units;
}

}  // namespace mml
