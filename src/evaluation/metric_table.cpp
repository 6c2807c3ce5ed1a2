// SPDX-License-Identifier: Apache-2.0
#include "evaluation/metric_table.hpp"

#include <numeric>

#include "base/error.hpp"
#include "base/text.hpp"
#include "evaluation/rater.hpp"

namespace mml {

namespace {

using enum MetricTask;
using enum Direction;
using Weights = std::span<const float>;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr Interval unit{0, 1};
constexpr Interval not_negative{0, infinity};

double weighted_f1(const ClassCounts& counts) { return weighted_scores(counts).f1_score; }

// Agreement of answer and truth beyond that of chance, by the shares of both (Cohen, 1960). Where all rows are of one class
// and predicted as it, chance agrees too, and nothing is left to divide by.
double cohen_kappa(const ClassCounts& counts) {
    const double weight = std::accumulate(counts.actual.begin(), counts.actual.end(), 0.0);
    double chance = 0;
    for (std::size_t i = 0; i < counts.actual.size(); ++i) {
        chance += counts.actual[i] / weight * counts.predicted[i] / weight;
    }
    return chance < 1 ? (accuracy(counts) - chance) / (1 - chance) : undefined;
}

// Of the second of two classes.
double area(const ClassRater& rater, ClassRater::Area area, Weights weights) {
    return rater.classes() == 2 ? rater.mean_area(area, weights) : undefined;
}

constexpr Metric table[] = {
    {.name = "score",
     .bounds = unit,
     .label = "Score (F1, weighted)",
     .meaning = "F1 averaged over the classes by their size; by it Moodle judges",
     .headline = true,
     .moodle = {"score", "score_deviation", "baseline"},
     .of_counts = weighted_f1},
    {.name = "accuracy",
     .bounds = unit,
     .label = "Accuracy",
     .meaning = "share of rows answered right",
     .moodle = {"accuracy"},
     .of_counts = accuracy},
    {.name = "balanced_accuracy",
     .bounds = unit,
     .label = "Balanced accuracy",
     .meaning = "share answered right of a class, averaged over the classes",
     .headline = true,
     .moodle = {"balanced accuracy"},
     .of_counts = balanced_accuracy},
    {.name = "precision",
     .bounds = unit,
     .label = "Precision (weighted)",
     .meaning = "how often an answer is right, averaged over the classes by their size",
     .moodle = {"precision"},
     .of_counts = [](const ClassCounts& counts) { return weighted_scores(counts).precision; }},
    {.name = "recall",
     .bounds = unit,
     .label = "Recall (weighted)",
     .meaning = "how much of a class is found, averaged over the classes by their size",
     .moodle = {"recall"},
     .of_counts = [](const ClassCounts& counts) { return weighted_scores(counts).recall; }},
    {.name = "f1_score",
     .bounds = unit,
     .label = "F1 (weighted)",
     .meaning = "precision and recall in one; the score by which Moodle judges",
     .moodle = {"f1_score"},
     .of_counts = weighted_f1},
    {.name = "matthews_correlation",
     .bounds = {-1, 1},
     .label = "Matthews correlation",
     .meaning = "of answer and truth; 0 is chance, 1 is perfect",
     .of_counts = matthews_correlation},
    {.name = "cohen_kappa",
     .bounds = {-1, 1},
     .label = "Cohen's kappa",
     .meaning = "agreement of answer and truth beyond chance; 0 is chance, 1 is perfect",
     .of_counts = cohen_kappa},
    {.name = "roc_auc",
     .bounds = unit,
     .label = "ROC AUC",
     .meaning = "how often a row of the second class gets a higher probability than one of the first",
     .headline = true,
     .moodle = {"auc", "auc_deviation"},
     .of_probabilities = [](const ClassRater& rater, Weights weights) { return area(rater, &Ranking::roc_auc, weights); }},
    {.name = "pr_auc",
     .bounds = unit,
     .label = "PR AUC",
     .meaning = "average precision in finding the second class",
     .of_probabilities = [](const ClassRater& rater,
                            Weights weights) { return area(rater, &Ranking::average_precision, weights); }},
    {.name = "log_loss",
     .bounds = not_negative,
     .direction = lower_is_better,
     .label = "Log loss",
     .meaning = "how wrong the probabilities are",
     .moodle = {"log loss"},
     .of_probabilities = [](const ClassRater& rater, Weights weights) { return rater.log_loss(weights); }},
    {.name = "brier_score",
     .task = up_to_two_classes,
     .bounds = unit,
     .direction = lower_is_better,
     .label = "Brier score",
     .meaning = "squared distance of probabilities from the truth",
     .moodle = {"brier score"},
     .of_probabilities = [](const ClassRater& rater, Weights weights) { return rater.brier_score(weights); }},
    {.name = "brier_score",
     .task = more_than_two_classes,
     .bounds = {0, 2},
     .direction = lower_is_better,
     .label = "Brier score",
     .meaning = "squared distance of probabilities from the truth, summed over the classes",
     .moodle = {"brier score"},
     .of_probabilities = [](const ClassRater& rater, Weights weights) { return rater.brier_score(weights); }},
    {.name = "calibration_error",
     .bounds = unit,
     .direction = lower_is_better,
     .label = "Calibration error",
     .meaning = "how far stated probabilities are from frequencies",
     .of_probabilities = [](const ClassRater& rater, Weights weights) { return rater.calibration_error(weights); }},
    {.name = "roc_auc_one_vs_rest",
     .task = more_than_two_classes,
     .bounds = unit,
     .label = "ROC AUC, one against the rest",
     .meaning = "how often a row of a class gets a higher probability of it than another row, averaged over the classes",
     .headline = true,
     .of_probabilities = [](const ClassRater& rater,
                            Weights weights) { return rater.mean_area(&Ranking::roc_auc, weights); }},
    {.name = "pr_auc_one_vs_rest",
     .task = more_than_two_classes,
     .bounds = unit,
     .label = "PR AUC, one against the rest",
     .meaning = "average precision in finding a class, averaged over the classes",
     .of_probabilities = [](const ClassRater& rater,
                            Weights weights) { return rater.mean_area(&Ranking::average_precision, weights); }},
    {.name = "score",
     .task = regression,
     .bounds = {-infinity, 1},
     .label = "Score (R squared)",
     .meaning = "share of the target's variance explained; by it Moodle judges",
     .headline = true,
     .moodle = {"score", "score_deviation", "baseline"},
     .of_estimates = r_squared},
    {.name = "rmse",
     .task = regression,
     .bounds = not_negative,
     .direction = lower_is_better,
     .label = "Root mean squared error",
     .meaning = "in units of the target, large errors count more",
     .headline = true,
     .moodle = {"root mean squared error"},
     .of_estimates = root_mean_squared_error},
    {.name = "mae",
     .task = regression,
     .bounds = not_negative,
     .direction = lower_is_better,
     .label = "Mean absolute error",
     .meaning = "in units of the target",
     .headline = true,
     .moodle = {"mean absolute error"},
     .of_estimates = mean_absolute_error},
    {.name = "r2",
     .task = regression,
     .bounds = {-infinity, 1},
     .label = "R squared",
     .meaning = "share of the target's variance explained; the score by which Moodle judges",
     .of_estimates = r_squared},
};

bool is_for(const Metric& metric, MetricTask task) {
    return metric.task == task || (metric.task == classification && task != regression);
}

std::vector<const Metric*> rows_for(MetricTask task) {
    std::vector<const Metric*> rows;
    for (const Metric& metric : table) {
        if (is_for(metric, task)) rows.push_back(&metric);
    }
    return rows;
}

}  // namespace

const std::vector<const Metric*>& metrics_for(std::int64_t classes) {
    static const std::vector<const Metric*> of_estimates = rows_for(regression);
    static const std::vector<const Metric*> of_two = rows_for(up_to_two_classes);
    static const std::vector<const Metric*> of_more = rows_for(more_than_two_classes);
    if (classes == 0) return of_estimates;
    return classes > 2 ? of_more : of_two;
}

const Metric& metric_named(std::string_view name, std::int64_t classes) {
    for (const Metric* metric : metrics_for(classes)) {
        if (metric->name == name) return *metric;
    }
    fail(Status::internal, concat("no metric is called ", quote(name), " in a report on ", classes, " classes"));
}

}  // namespace mml
