// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/index.hpp"
#include "base/ranks.hpp"
#include "base/supervisor.hpp"
#include "data/sparse_rows.hpp"
#include "learners/trees/bin_lists.hpp"

namespace mml {

/// A feature column cut into bins.
struct BinnedColumn {
    std::int32_t column;       ///< of the table
    std::int32_t first;        ///< number of its bin 0 among the bins of all columns
    std::int32_t dominant;     ///< the bin that most rows are in
    std::vector<float> edges;  ///< rising, between the bins of numbers: a number's bin is the number of edges below it
    bool category = false;     ///< its bins, by category_bin(), have no order
    bool has_empty = false;    ///< bin 0 holds the empty cells, and the bins of numbers follow it

    std::int32_t bins() const { return narrowed<std::int32_t>(edges.size()) + (has_empty ? 2 : 1); }
    std::int32_t bin_of(float cell) const;
};

/// The rows of a table in bins, as what growing trees reads: each row's bins other than its columns' dominant ones. A bin is
/// named by its number among the bins of all columns. Columns of one value, or binned like an earlier column, are left out.
class BinnedRows {
public:
    /// counts: of each row, the samples behind it, of which each bin shall hold about as many.
    /// levels: of each column, above 0 for a category; empty: there are none.
    /// ranks: whose rows count together; each bins its own.
    /// pause: called after each column and every few thousand rows.
    BinnedRows(const SparseRows& rows, std::span<const double> counts, std::span<const std::int32_t> levels = {},
               Ranks ranks = {}, const Pause& pause = {});

    std::int64_t rows() const { return rows_; }
    std::int32_t bins() const { return bins_; }
    const std::vector<BinnedColumn>& columns() const { return columns_; }
    /// Each row's bins, rising.
    const BinLists& lists() const { return lists_; }
    const Ranks& ranks() const { return ranks_; }

private:
    void fit_columns(const SparseRows& rows, std::span<const double> counts, std::span<const std::int32_t> levels,
                     const Pause& pause);
    void bin_rows(const SparseRows& rows, const Pause& pause);

    std::int64_t rows_;
    Ranks ranks_;
    std::vector<BinnedColumn> columns_;
    std::int32_t bins_ = 0;
    BinLists lists_;
};

/// Most bins of a column, that of empty cells included: on Moodle's data half as many lose, twice as many gain nothing.
constexpr int most_bins = 64;

}  // namespace mml
