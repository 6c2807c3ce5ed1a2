// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "base/json.hpp"
#include "base/supervisor.hpp"
#include "config/config.hpp"
#include "data/dataset.hpp"
#include "evaluation/column_units.hpp"
#include "evaluation/splitter.hpp"
#include "model/train_model.hpp"

namespace mml {

/// Named results of an evaluation. In the JSON an undefined number is null; in `metrics` it is NaN.
struct Report {
    Json json;                              ///< "schema": 1; README.md of this folder lists the fields
    std::map<std::string, double> metrics;  ///< what mml_report_metric answers
    std::vector<Training> trainings;        ///< cross_validate: of each iteration, the curves only (no model)
};

/// Rates a model on all rows of a labelled data set, whose classes are matched to the model's by name. `family`: which
/// columns importance is told of together.
Report evaluate(const Model& model, const Dataset& dataset, const Config& config, Progress progress,
                const ColumnFamily& family = nullptr);

/// Trains on one part of the rows and rates on the other, `iterations` times, as options resampling and test_share say.
/// An iteration whose training or test rows lack a class that the data set has is skipped and told in "warnings";
/// Error(not_enough_data) where all are. Rare classes: as `rare_classes` says. Option time_limit ends it after the iteration
/// that passes it.
Report cross_validate(const Dataset& dataset, const Config& config, Progress progress,
                      RareClasses rare_classes = RareClasses::reported, const ColumnFamily& family = nullptr);

}  // namespace mml
