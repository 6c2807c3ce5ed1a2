// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "data/dataset.hpp"
#include "model/model.hpp"

namespace mml {

/// How far a data set's columns have moved from those that the model was trained on: {"schema", "rows", "limit", "columns":
/// [{"name", "index", "moved"}], "warnings"}, the most moved column first, at most 100; null where the model has no counts.
///
/// A column has moved where its population stability index is above `limit` (above .25 a population is said to have shifted;
/// Siddiqi, 2006), and above what chance explains at these numbers of samples (index_by_chance()).
Json drift_json(const Model& model, const Dataset& dataset, double limit);

/// Its warnings.
std::vector<std::string> drift_warnings(const Json& drift);

}  // namespace mml
