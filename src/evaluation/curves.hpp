// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/json.hpp"
#include "evaluation/rated_rows.hpp"
#include "model/train_model.hpp"

namespace mml {

/// Most points of one curve, and most classes and iterations that have curves: what a page can show.
constexpr std::size_t most_points = 200;
constexpr std::size_t most_drawn_classes = 6;
constexpr std::size_t most_drawn_iterations = 10;

/// Writes what the charts of a report are drawn of: ROC, precision and recall, reliability; for regression estimates beside
/// known values. README.md of this folder lists the fields.
void write_curves(Json& curves, const RatedRows& rows);

/// The same for the members' losses by epoch in the first iterations.
void write_learning_curves(Json& list, const std::vector<Training>& trainings);

}  // namespace mml
