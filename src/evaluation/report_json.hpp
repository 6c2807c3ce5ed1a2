// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "config/config.hpp"
#include "data/dataset.hpp"
#include "ensemble/decision.hpp"
#include "evaluation/interval.hpp"
#include "evaluation/rated_rows.hpp"
#include "evaluation/rating.hpp"
#include "evaluation/report.hpp"
#include "model/train_model.hpp"

namespace mml {

/// Everything that a report tells.
struct Findings {
    std::string kind;  ///< "evaluation" or "cross_validation"
    std::vector<Rating> ratings;
    Json options = Json::object();  ///< those that decided how the rows were split
    std::vector<std::string> warnings;
    std::vector<Interval> intervals;  ///< of each metric, where there is one rating; of more the splits tell them
    RatedRows rows;                   ///< the test rows of all iterations, for the curves
    std::vector<Training> trainings;  ///< of each iteration, the learning curves
    std::vector<Decision> decisions;  ///< of each iteration, for classes, how its model chose them
    Json models = Json::array();      ///< of each iteration, what the model's description says of its members
    Json data;                        ///< data_quality_json()
    Json settings = Json::object();   ///< settings_json()
    Json importance;                  ///< importance_json(), or null
    Json groups;                      ///< groups_json(), or null
    Json drift;                       ///< of an evaluation drift_json(), or null
};

/// The options that decide what a report says, by name, as text; not those of threads, memory and files. `training`: with
/// those of training and splitting.
Json settings_json(const Config& config, bool training);

/// Test rows by training rows, of the mean split; 0 where nothing was trained.
double test_to_training(const std::vector<Rating>& ratings);

/// Adds a sentence that is not there yet.
void add_warning(std::vector<std::string>& warnings, const std::string& sentence);

/// Warns where the largest class weighs more than three times the smallest.
void warn_of_imbalance(const Target& target, std::span<const float> weights, std::vector<std::string>& warnings);

/// The report on rows of `dataset`, whose target in the order of the predictions is `target`.
Report make_report(const Dataset& dataset, const Target& target, const Findings& findings);

/// The number, or null where it is NaN or infinite, which JSON has no form for.
Json number_or_null(double value);
/// [low, high], or null where they are unknown.
Json interval_json(const Interval& interval);

}  // namespace mml
