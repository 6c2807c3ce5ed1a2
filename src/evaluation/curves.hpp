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

/// What the charts of a report are drawn of: ROC, precision and recall, reliability; for regression estimates beside known
/// values. README.md of this folder lists the fields.
nlohmann::ordered_json curves_json(const RatedRows& rows);

/// The members' losses by epoch in the first iterations.
nlohmann::ordered_json learning_curves_json(const std::vector<Training>& trainings);

}  // namespace mml
