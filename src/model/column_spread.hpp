// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/tensors.hpp"
#include "data/samples.hpp"

namespace mml {

/// How the cells of one column are spread: counts of bins, never a cell.
struct ColumnSpread {
    std::vector<float> edges;  ///< rising; bin i holds the cells from edges[i - 1] to before edges[i], as levels are coded
    std::vector<std::int64_t> counts;  ///< of samples: edges.size() + 1 bins, then the missing cells
};

/// Of each input of a model.
using ColumnSpreads = std::vector<ColumnSpread>;

/// How the samples' columns are spread, over at most 10,000 different rows at even distances. At most 10 bins a column, of
/// about equal counts. Edges lie half way between two cells. Bins of fewer than 10 samples go to their neighbour, and fewer
/// than 10 missing cells count as none, so that no number tells of single samples. With several ranks: of all rows.
ColumnSpreads spread_of(const Samples& samples, const Ranks& ranks = {});

/// Counts of the rows' cells in the same bins. `rows` has the model's columns.
ColumnSpreads counted_like(const ColumnSpreads& spreads, const SparseRows& rows);

/// Population stability index of two counts of the same bins: the sum over bins of (p - q) ln(p / q). Half a sample is
/// added to each bin, so that empty ones count.
double stability_index(std::span<const std::int64_t> expected, std::span<const std::int64_t> found);

/// What the index of unchanged columns stays below: it is spread as (1 / n + 1 / m) times chi squared (Yurdakul and Naranjo,
/// 2020). `z`: comparison_quantile().
double index_by_chance(std::span<const std::int64_t> expected, std::span<const std::int64_t> found, double z);

/// What a standard normal number passes in one of 1,000 comparisons of so many columns.
double comparison_quantile(std::size_t columns);

void store_spreads(const ColumnSpreads& spreads, Tensors& tensors);
/// None where the tensors hold none. Throws Error(bad_model) where they do not fit each other.
ColumnSpreads load_spreads(const Tensors& tensors);

}  // namespace mml
