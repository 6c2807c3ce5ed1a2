// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.hpp"
#include "data/dataset.hpp"

namespace mml {

/// Most columns that one finding names; it counts all.
constexpr std::size_t most_named_columns = 20;

/// What a person should know of a data set before trusting a model of it: columns that say nothing (constant, missing,
/// repeated), equal rows with different targets, which no model can tell apart, and columns that tell the target on their
/// own, which often are made from it. README.md of this folder lists the fields. `target` is that of the rows.
Json data_quality_json(const Dataset& dataset, const Target& target);

/// How well the cells of one column, one a row, tell the target: the rows are put in the order of their cell, and each is
/// guessed from its neighbours: as the most frequent class (mean value) among rows of an equal cell, or, where a cell is
/// alone, as among those of the next lower one. Classes: the share of rows guessed right; values: the share of their
/// variance that the guesses explain. 0 where there are fewer than two rows.
double told_by_column(std::span<const float> cells, const Target& target);

}  // namespace mml
