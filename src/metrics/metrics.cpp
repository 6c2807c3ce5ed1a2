// SPDX-License-Identifier: Apache-2.0
#include "metrics/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/index.hpp"
#include "metrics/ranking.hpp"

namespace mml {

namespace {

double sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

double quotient_or_zero(double numerator, double denominator) { return denominator > 0 ? numerator / denominator : 0; }

// The weighted mean of value(row).
template <typename Rows, typename Value>
double mean_over(const Rows& rows, Value value) {
    double total = 0;
    double weight = 0;
    for (decltype(rows.rows()) row = 0; row < rows.rows(); ++row) {
        if (rows.weight(row) <= 0) continue;
        total += rows.weight(row) * value(row);
        weight += rows.weight(row);
    }
    return weight > 0 ? total / weight : undefined;
}

double squared(double value) { return value * value; }

bool all_equal(const EstimatedRows& rows) {
    const double* first = nullptr;
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        if (rows.weight(row) <= 0) continue;
        if (first == nullptr) first = &rows.targets[row];
        if (rows.targets[row] != *first) return false;
    }
    return true;
}

// The mean of measure(rows, class) over the classes where it is defined.
template <typename Measure>
double mean_over_classes(const ClassifiedRows& rows, Measure measure) {
    double total = 0;
    int classes = 0;
    for (std::int32_t positive = 0; positive < rows.classes; ++positive) {
        const double value = measure(rows, positive);
        if (std::isnan(value)) continue;
        total += value;
        ++classes;
    }
    return classes > 0 ? total / classes : undefined;
}

}  // namespace

std::int32_t predicted_class(std::span<const float> scores) {
    return narrowed<std::int32_t>(std::ranges::max_element(scores) - scores.begin());
}

std::vector<std::int32_t> most_probable_classes(const ClassifiedRows& rows) {
    std::vector<std::int32_t> predicted;
    predicted.reserve(rows.labels.size());
    for (std::int64_t row = 0; row < rows.rows(); ++row) predicted.push_back(predicted_class(rows.scores(row)));
    return predicted;
}

std::vector<std::int32_t> answered_classes(const ClassifiedRows& rows) {
    return rows.answers.empty() ? most_probable_classes(rows)
                                : std::vector<std::int32_t>(rows.answers.begin(), rows.answers.end());
}

ClassCounts count_classes(const ClassifiedRows& rows, std::span<const std::int32_t> predicted,
                          std::span<const float> weights) {
    const std::vector<double> none(as_size(rows.classes));
    ClassCounts counts{none, none, none};
    for (std::size_t row = 0; row < predicted.size(); ++row) {
        const double weight = weights.empty() ? 1.0 : weights[row];
        const auto label = as_size(rows.labels[row]);
        counts.actual[label] += weight;
        item(counts.predicted, predicted[row]) += weight;
        if (rows.labels[row] == predicted[row]) counts.correct[label] += weight;
    }
    return counts;
}

ClassCounts count_classes(const ClassifiedRows& rows) { return count_classes(rows, answered_classes(rows), rows.weights); }

std::vector<double> confusion_matrix(const ClassifiedRows& rows) {
    std::vector<double> matrix(as_size(rows.classes * rows.classes));
    const std::vector<std::int32_t> answers = answered_classes(rows);
    for (std::int64_t row = 0; row < rows.rows(); ++row) {
        const std::int64_t cell = rows.label(row) * rows.classes + item(answers, row);
        item(matrix, cell) += rows.weight(row);
    }
    return matrix;
}

double accuracy(const ClassCounts& counts) {
    const double weight = sum(counts.actual);
    return weight > 0 ? sum(counts.correct) / weight : undefined;
}

double balanced_accuracy(const ClassCounts& counts) {
    double recalls = 0;
    int classes = 0;
    for (std::size_t i = 0; i < counts.actual.size(); ++i) {
        if (counts.actual[i] <= 0) continue;
        recalls += counts.correct[i] / counts.actual[i];
        ++classes;
    }
    return classes > 0 ? recalls / classes : undefined;
}

std::vector<ClassScores> class_scores(const ClassCounts& counts) {
    std::vector<ClassScores> scores;
    for (std::size_t i = 0; i < counts.actual.size(); ++i) {
        scores.push_back({quotient_or_zero(counts.correct[i], counts.predicted[i]),
                          quotient_or_zero(counts.correct[i], counts.actual[i]),
                          quotient_or_zero(2 * counts.correct[i], counts.actual[i] + counts.predicted[i])});
    }
    return scores;
}

ClassScores weighted_scores(const ClassCounts& counts) {
    const double weight = sum(counts.actual);
    if (weight <= 0) return {undefined, undefined, undefined};
    const std::vector<ClassScores> scores = class_scores(counts);
    ClassScores average;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        average.precision += counts.actual[i] * scores[i].precision;
        average.recall += counts.actual[i] * scores[i].recall;
        average.f1_score += counts.actual[i] * scores[i].f1_score;
    }
    return {average.precision / weight, average.recall / weight, average.f1_score / weight};
}

// Each variance is a sum of class times the rest, which is exactly 0 where one class is all there is.
double matthews_correlation(const ClassCounts& counts) {
    const double weight = sum(counts.actual);
    if (weight <= 0) return undefined;
    const double predicted_weight = sum(counts.predicted);
    double covariance = sum(counts.correct) * weight;
    double actual_variance = 0;
    double predicted_variance = 0;
    for (std::size_t i = 0; i < counts.actual.size(); ++i) {
        covariance -= counts.actual[i] * counts.predicted[i];
        actual_variance += counts.actual[i] * (weight - counts.actual[i]);
        predicted_variance += counts.predicted[i] * (predicted_weight - counts.predicted[i]);
    }
    if (actual_variance <= 0 || predicted_variance <= 0) return 0;
    return std::clamp(covariance / std::sqrt(actual_variance) / std::sqrt(predicted_variance), -1.0, 1.0);
}

double roc_auc(const ClassifiedRows& rows, std::int32_t positive) { return Ranking(rows, positive).roc_auc(rows.weights); }

double roc_auc_one_vs_rest(const ClassifiedRows& rows) { return mean_over_classes(rows, roc_auc); }

double average_precision(const ClassifiedRows& rows, std::int32_t positive) {
    return Ranking(rows, positive).average_precision(rows.weights);
}

double average_precision_one_vs_rest(const ClassifiedRows& rows) { return mean_over_classes(rows, average_precision); }

double row_log_loss(std::span<const float> scores, std::int32_t label) {
    constexpr double resolution = std::numeric_limits<float>::epsilon();
    const double probability = item(scores, label);
    return -std::log(std::clamp(probability, resolution, 1 - resolution));
}

double row_brier_score(std::span<const float> scores, std::int32_t label) {
    if (scores.size() == 2) return squared(double{scores[1]} - label);
    double distance = 0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        distance += squared(scores[i] - (std::cmp_equal(i, label) ? 1.0 : 0.0));
    }
    return distance;
}

double log_loss(const ClassifiedRows& rows) {
    return mean_over(rows, [&](std::int64_t row) { return row_log_loss(rows.scores(row), rows.label(row)); });
}

double brier_score(const ClassifiedRows& rows) {
    return mean_over(rows, [&](std::int64_t row) { return row_brier_score(rows.scores(row), rows.label(row)); });
}

double weighted_mean(std::span<const double> values, std::span<const float> weights) {
    const EstimatedRows rows{values, {}, weights};
    return mean_over(rows, [&](std::size_t row) { return values[row]; });
}

double root_mean_squared_error(const EstimatedRows& rows) {
    return std::sqrt(mean_over(rows, [&](std::size_t row) { return squared(rows.error(row)); }));
}

double mean_absolute_error(const EstimatedRows& rows) {
    return mean_over(rows, [&](std::size_t row) { return std::abs(rows.error(row)); });
}

double r_squared(const EstimatedRows& rows) {
    if (all_equal(rows)) return undefined;
    const double mean = mean_over(rows, [&](std::size_t row) { return rows.targets[row]; });
    const double unexplained = mean_over(rows, [&](std::size_t row) { return squared(rows.error(row)); });
    const double variance = mean_over(rows, [&](std::size_t row) { return squared(rows.targets[row] - mean); });
    return 1 - unexplained / variance;
}

}  // namespace mml
