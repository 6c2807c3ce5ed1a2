// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/index.hpp"
#include "base/random.hpp"
#include "learners/trees/binned_rows.hpp"

namespace mml {

/// One of a sample's columns; its bins stand side by side in histograms.
struct SampledColumn {
    std::int32_t column;  ///< among those of the BinnedRows
    std::int32_t first;
    std::int32_t bins;
    std::int32_t dominant;
};

/// What the trees of one round see: some of the columns, and the rows as patterns of those. Rows that differ in other
/// columns only are one pattern, which on Moodle's data leaves a fifth of them.
struct TreeSample {
    std::vector<SampledColumn> columns;
    std::int32_t bins = 0;                     ///< of all columns
    LargeVector<std::int32_t> pattern_of_row;  ///< empty: each row is a pattern of its own
    BinLists lists;                            ///< each pattern's bins that are not dominant, rising
    std::vector<std::int64_t> bin_starts;
    LargeVector<std::int32_t> bin_patterns;  ///< the same the other way round: each bin's patterns, none for dominant ones

    std::size_t patterns() const {
        return std::visit([](const auto& patterns) { return patterns.size(); }, lists);
    }
    std::size_t pattern_of(std::size_t row) const { return pattern_of_row.empty() ? row : as_size(pattern_of_row[row]); }
    /// How many numbers are gone over for a tree, about.
    std::int64_t size() const {
        return static_cast<std::int64_t>(pattern_of_row.size() + 2 * patterns() + 2 * bin_patterns.size());
    }
    /// The patterns in bins first ... last - 1.
    std::span<const std::int32_t> patterns_of(std::int32_t first, std::int32_t last) const {
        const auto begin = as_size(item(bin_starts, first));
        return std::span(bin_patterns).subspan(begin, as_size(item(bin_starts, last)) - begin);
    }
};

/// Draws a share of the columns, though never fewer than a handful. merge: whether to look for equal patterns; where nearly
/// every row is one of its own that costs more than it saves.
TreeSample draw_sample(const BinnedRows& rows, double fraction, RandomStream random, bool merge);

}  // namespace mml
