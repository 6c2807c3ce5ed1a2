// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"
#include "data/categories.hpp"
#include "data/samples.hpp"

namespace mml {

/// What a model's cells of a category are: NaN where missing, other_level for a text that is none of its levels, and
/// level_code(i) for level i. The levels are sorted by frequency, the most frequent first.
constexpr float other_level = 1;
inline float level_code(std::size_t level) { return static_cast<float>(level) + 2; }

/// The samples as a model is trained on: of each category the levels that at least 4 samples show and that are among the
/// option max_categories most frequent; all others are one level. A category of whose cells fewer than half have such a
/// level is no feature, as an id is none: its column is left out, unless it is one of `needed`, with a warning.
Samples with_model_levels(const Samples& samples, const Config& config, const std::vector<std::string>& needed,
                          std::vector<std::string>& warnings);

/// The other way round: the cells of samples that with_model_levels() made, as a data set with their categories has them.
SparseRows with_table_codes(const Samples& coded);

/// How the cells of a table, whose columns are in a model's order, become the model's. Numbers are matched with levels that
/// write them, and the other way round. Throws Error(mismatch) where a text stands in for a number. `names`: of the columns.
std::vector<CellChange> level_changes(const Categories& model, const Categories& table,
                                      const std::vector<std::string>& names, const std::string& source);

/// The same for an earlier model within another: where it takes numbers, a text that is none is missing.
std::vector<CellChange> level_changes_of_earlier(const Categories& model, const Categories& table, std::size_t columns);

/// The same between the cells of two models.
std::vector<CellChange> level_changes_of_models(const Categories& to, const Categories& from, std::size_t columns);

}  // namespace mml
