// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "evaluation/interval.hpp"
#include "metrics/metrics.hpp"

namespace mml {

class ClassRater;

/// What a metric is defined for. Two classes are the usual case; a data set of one class counts among them.
enum class MetricTask { classification, up_to_two_classes, more_than_two_classes, regression };

enum class Direction { higher_is_better, lower_is_better };

/// What Moodle calls a metric's mean, its deviation and its baseline; null where an answer to Moodle leaves it out.
struct MoodleNames {
    const char* value = nullptr;
    const char* deviation = nullptr;
    const char* baseline = nullptr;
};

/// One row of the table: all that anybody needs to know of a metric. A name has a second row where it means something else
/// for another task. Exactly one of the three functions is there.
struct Metric {
    const char* name = nullptr;  ///< in the report's JSON
    MetricTask task = MetricTask::classification;
    Interval bounds;  ///< the range that it cannot leave; intervals are cut to it
    Direction direction = Direction::higher_is_better;
    const char* label = nullptr;    ///< for people, English
    const char* meaning = nullptr;  ///< what it says, in half a sentence
    bool headline = false;          ///< among the few that a short summary shows
    MoodleNames moodle = {};

    /// Of the answers alone, so that it depends on how classes are chosen from the probabilities.
    double (*of_counts)(const ClassCounts& counts) = nullptr;
    /// Of the probabilities; `weights` count the rows in place of their own.
    double (*of_probabilities)(const ClassRater& rater, std::span<const float> weights) = nullptr;
    double (*of_estimates)(const EstimatedRows& rows) = nullptr;
};

/// The metrics of a task, in the order of the report. `classes` is 0 for regression.
const std::vector<const Metric*>& metrics_for(std::int64_t classes);

/// The metric of that name for that task. Throws Error(internal) for a name that is not in the table.
const Metric& metric_named(std::string_view name, std::int64_t classes);

/// A metric's value; NaN where it is undefined.
struct MetricValue {
    const Metric* metric = nullptr;
    double value = undefined;
};

}  // namespace mml
