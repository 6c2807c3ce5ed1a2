// SPDX-License-Identifier: Apache-2.0
#include "evaluation/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace mml {

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

double sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

double quotient_or_zero(double numerator, double denominator) { return denominator > 0 ? numerator / denominator : 0; }

// The weighted mean of value(row).
template <typename Rows, typename Value>
double weighted_mean(const Rows& rows, Value value) {
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

// Squared distance of a row's probabilities from certainty of its class.
double squared_distance(std::span<const float> scores, std::int32_t label) {
    if (scores.size() == 2) return squared(static_cast<double>(scores[1]) - label);
    double distance = 0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        distance += squared(static_cast<double>(scores[i]) - (static_cast<std::int32_t>(i) == label ? 1 : 0));
    }
    return distance;
}

bool all_equal(const EstimatedRows& rows) {
    const double* first = nullptr;
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        if (rows.weight(row) <= 0) continue;
        if (first == nullptr) first = &rows.targets[row];
        if (rows.targets[row] != *first) return false;
    }
    return true;
}

// One row as the ROC curve sees it.
struct Scored {
    float score;
    bool positive;
    double weight;
};

std::vector<Scored> sorted_by_score(const ClassifiedRows& rows, std::int32_t positive) {
    std::vector<Scored> sorted;
    sorted.reserve(rows.labels.size());
    for (std::int64_t row = 0; row < rows.rows(); ++row) {
        sorted.push_back(
            {rows.scores(row)[static_cast<std::size_t>(positive)], rows.label(row) == positive, rows.weight(row)});
    }
    // Stable, so that sums of weights do not depend on how the library sorts.
    std::ranges::stable_sort(sorted, {}, &Scored::score);
    return sorted;
}

}  // namespace

std::int32_t predicted_class(std::span<const float> scores) {
    return static_cast<std::int32_t>(std::ranges::max_element(scores) - scores.begin());
}

ClassCounts count_classes(const ClassifiedRows& rows) {
    const std::vector<double> none(static_cast<std::size_t>(rows.classes));
    ClassCounts counts{none, none, none};
    for (std::int64_t row = 0; row < rows.rows(); ++row) {
        const std::int32_t label = rows.label(row);
        const std::int32_t predicted = predicted_class(rows.scores(row));
        counts.actual[static_cast<std::size_t>(label)] += rows.weight(row);
        counts.predicted[static_cast<std::size_t>(predicted)] += rows.weight(row);
        if (label == predicted) counts.correct[static_cast<std::size_t>(label)] += rows.weight(row);
    }
    return counts;
}

std::vector<double> confusion_matrix(const ClassifiedRows& rows) {
    std::vector<double> matrix(static_cast<std::size_t>(rows.classes * rows.classes));
    for (std::int64_t row = 0; row < rows.rows(); ++row) {
        const std::int64_t cell = rows.label(row) * rows.classes + predicted_class(rows.scores(row));
        matrix[static_cast<std::size_t>(cell)] += rows.weight(row);
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

double roc_auc(const ClassifiedRows& rows, std::int32_t positive) {
    double area = 0;
    double positives = 0;
    double negatives = 0;
    const std::vector<Scored> sorted = sorted_by_score(rows, positive);
    for (auto row = sorted.begin(); row != sorted.end();) {
        double equal_positives = 0;
        double equal_negatives = 0;
        const float score = row->score;
        for (; row != sorted.end() && row->score == score; ++row) {
            (row->positive ? equal_positives : equal_negatives) += row->weight;
        }
        area += equal_positives * (negatives + equal_negatives / 2);
        positives += equal_positives;
        negatives += equal_negatives;
    }
    return positives > 0 && negatives > 0 ? area / (positives * negatives) : undefined;
}

double roc_auc_one_vs_rest(const ClassifiedRows& rows) {
    double total = 0;
    int classes = 0;
    for (std::int32_t positive = 0; positive < rows.classes; ++positive) {
        const double area = roc_auc(rows, positive);
        if (std::isnan(area)) continue;
        total += area;
        ++classes;
    }
    return classes > 0 ? total / classes : undefined;
}

double log_loss(const ClassifiedRows& rows) {
    constexpr double resolution = std::numeric_limits<float>::epsilon();
    return weighted_mean(rows, [&](std::int64_t row) {
        const double probability = rows.scores(row)[static_cast<std::size_t>(rows.label(row))];
        return -std::log(std::clamp(probability, resolution, 1 - resolution));
    });
}

double brier_score(const ClassifiedRows& rows) {
    return weighted_mean(rows, [&](std::int64_t row) { return squared_distance(rows.scores(row), rows.label(row)); });
}

double root_mean_squared_error(const EstimatedRows& rows) {
    return std::sqrt(weighted_mean(rows, [&](std::size_t row) { return squared(rows.error(row)); }));
}

double mean_absolute_error(const EstimatedRows& rows) {
    return weighted_mean(rows, [&](std::size_t row) { return std::abs(rows.error(row)); });
}

double r_squared(const EstimatedRows& rows) {
    if (all_equal(rows)) return undefined;
    const double mean = weighted_mean(rows, [&](std::size_t row) { return rows.targets[row]; });
    const double unexplained = weighted_mean(rows, [&](std::size_t row) { return squared(rows.error(row)); });
    const double variance = weighted_mean(rows, [&](std::size_t row) { return squared(rows.targets[row] - mean); });
    return 1 - unexplained / variance;
}

}  // namespace mml
