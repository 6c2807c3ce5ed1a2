// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <unordered_set>
#include <vector>

#include "data/sparse_rows.hpp"

namespace mml {

/// Collects distinct rows, in order of first appearance. All rows given must have the background that it was made with.
class RowMerger {
public:
    explicit RowMerger(std::vector<float> background);
    RowMerger(const RowMerger&) = delete;
    RowMerger& operator=(const RowMerger&) = delete;

    /// The number of the collected row that equals this one, which is added where there is none.
    std::int32_t number_of(SparseRow row);

    /// The rows collected; the merger is of no use afterwards.
    SparseRows take() { return std::move(rows_); }

private:
    // Numbers of collected rows in a set that finds them by the rows' cells.
    struct Hash {
        using is_transparent = void;
        const SparseRows* rows;
        std::size_t operator()(const SparseRow& row) const;
        std::size_t operator()(std::int32_t number) const { return (*this)(rows->row(number)); }
    };
    struct Equal {
        using is_transparent = void;
        const SparseRows* rows;
        bool operator()(const SparseRow& a, const SparseRow& b) const;
        bool operator()(std::int32_t a, std::int32_t b) const { return a == b; }
        bool operator()(const SparseRow& a, std::int32_t b) const { return (*this)(a, rows->row(b)); }
        bool operator()(std::int32_t a, const SparseRow& b) const { return (*this)(rows->row(a), b); }
    };

    SparseRows rows_;
    std::unordered_set<std::int32_t, Hash, Equal> numbers_;
};

/// For each row the number of the first distinct row it equals, distinct rows counted from 0 in order of appearance.
std::vector<std::int32_t> number_equal_rows(const SparseRows& rows);

}  // namespace mml
