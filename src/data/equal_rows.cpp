// SPDX-License-Identifier: Apache-2.0
#include "data/equal_rows.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include "base/error.hpp"
#include "base/index.hpp"
#include "data/cell_hash.hpp"

namespace mml {

namespace {

std::size_t hash_of(const SparseRow& row) {
    std::uint64_t hash = row.columns.size();
    for (std::size_t i = 0; i < row.columns.size(); ++i) {
        hash = mixed_hash(hash, (static_cast<std::uint64_t>(row.columns[i]) << 32U) | cell_bits(row.values[i]));
    }
    return hash;
}

bool equal(const SparseRow& a, const SparseRow& b) {
    return std::ranges::equal(a.columns, b.columns) && std::ranges::equal(a.values, b.values, same_cell);
}

}  // namespace

// An open hash table of the distinct rows' numbers, never more than half full.
EqualRows find_equal_rows(const SparseRows& rows) {
    EqualRows result;
    LargeVector<std::int32_t> table(std::bit_ceil(2 * as_size(rows.rows()) + 1), -1);
    const std::size_t mask = table.size() - 1;
    result.numbers.reserve(as_size(rows.rows()));
    RowSpace space;
    RowSpace space_of_earlier;
    const auto earlier = [&](std::int32_t number) { return rows.row(item(result.first, number), space_of_earlier); };
    for (std::int64_t index = 0; index < rows.rows(); ++index) {
        const SparseRow row = rows.row(index, space);
        std::size_t place = hash_of(row) & mask;
        while (table[place] >= 0 && !equal(earlier(table[place]), row)) place = (place + 1) & mask;
        if (table[place] < 0) {
            if (result.first.size() == std::size_t{std::numeric_limits<std::int32_t>::max()})
                fail(Status::limit, "more than 2147483647 different rows: train on fewer samples");
            table[place] = narrowed<std::int32_t>(result.first.size());
            result.first.push_back(index);
        }
        result.numbers.push_back(table[place]);
    }
    return result;
}

}  // namespace mml
