// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "evaluation/rated_rows.hpp"
#include "model/model.hpp"

namespace mml {

/// Most points of one curve, and most classes and iterations that have curves: what a page can show.
constexpr std::size_t most_points = 200;
constexpr std::size_t most_drawn_classes = 6;
constexpr std::size_t most_drawn_iterations = 10;

/// Writes what the charts of a report are drawn of: ROC, precision and recall, reliability; for regression estimates beside
/// known values. README.md of this folder lists the fields. The lists are long: see large_json.hpp.
void write_curves(nlohmann::ordered_json& curves, const RatedRows& rows);

/// The same for the members' losses by epoch in the first iterations.
void write_learning_curves(nlohmann::ordered_json& list, const std::vector<Training>& trainings);

}  // namespace mml
