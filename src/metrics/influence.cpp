// SPDX-License-Identifier: Apache-2.0
#include "metrics/influence.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/index.hpp"
#include "metrics/ranking.hpp"

namespace mml {

namespace {

double sum_of(std::span<const double> numbers) { return std::reduce(numbers.begin(), numbers.end()); }

Influence squared_error_influence(const EstimatedRows& rows) {
    std::vector<double> squares(rows.rows());
    for (std::size_t row = 0; row < squares.size(); ++row) squares[row] = rows.error(row) * rows.error(row);
    return mean_influence(squares, rows.weights);
}

double quotient(double part, double whole) { return whole > 0 ? part / whole : 0; }

}  // namespace

double Influence::standard_error() const {
    double squares = 0;
    for (const double each : of_rows) squares += each * each;
    return std::sqrt(squares);
}

// n equal rows have an n-th of the influence each.
double Influence::standard_error(std::span<const std::int32_t> counts) const {
    double squares = 0;
    for (std::size_t row = 0; row < of_rows.size(); ++row) squares += of_rows[row] * of_rows[row] / counts[row];
    return std::sqrt(squares);
}

Influence mean_influence(std::span<const double> values, std::span<const float> weights) {
    Influence mean{weighted_mean(values, weights), std::vector<double>(values.size())};
    const double weight =
        weights.empty() ? static_cast<double>(values.size()) : std::reduce(weights.begin(), weights.end(), 0.0);
    for (std::size_t i = 0; i < values.size(); ++i)
        mean.of_rows[i] = (weights.empty() ? 1.0 : weights[i]) * (values[i] - mean.value) / weight;
    return mean;
}

Influence balanced_accuracy_influence(const ClassifiedRows& rows) {
    const std::vector<std::int32_t> answers = answered_classes(rows);
    const ClassCounts counts = count_classes(rows, answers, rows.weights);
    const auto occurring =
        static_cast<double>(std::ranges::count_if(counts.actual, [](double weight) { return weight > 0; }));
    Influence found{balanced_accuracy(counts), std::vector<double>(answers.size())};
    for (std::int64_t row = 0; row < rows.rows(); ++row) {
        const std::int32_t label = rows.label(row);
        const double recall = quotient(item(counts.correct, label), item(counts.actual, label));
        const double distance = (item(answers, row) == label ? 1 : 0) - recall;
        item(found.of_rows, row) = rows.weight(row) * quotient(distance, item(counts.actual, label)) / occurring;
    }
    return found;
}

// The score is the sum over classes of share * 2 * correct / (actual + predicted); its derivatives by these sums follow.
Influence weighted_f1_influence(const ClassifiedRows& rows) {
    const std::vector<std::int32_t> answers = answered_classes(rows);
    const ClassCounts counts = count_classes(rows, answers, rows.weights);
    const double weight = sum_of(counts.actual);
    Influence found{weighted_scores(counts).f1_score, std::vector<double>(answers.size())};
    const auto of_class = [&](std::int32_t k) {
        return quotient(2 * item(counts.correct, k), item(counts.actual, k) + item(counts.predicted, k));
    };
    const auto by_predicted = [&](std::int32_t k) {
        return -item(counts.actual, k) * quotient(of_class(k), item(counts.actual, k) + item(counts.predicted, k));
    };
    const auto by_correct = [&](std::int32_t k) {
        return quotient(2 * item(counts.actual, k), item(counts.actual, k) + item(counts.predicted, k));
    };
    for (std::int64_t row = 0; row < rows.rows(); ++row) {
        const std::int32_t label = rows.label(row);
        const std::int32_t answer = item(answers, row);
        double moved = of_class(label) + by_predicted(label) + by_predicted(answer) - found.value;
        if (label == answer) moved += by_correct(label);
        item(found.of_rows, row) = rows.weight(row) * moved / weight;
    }
    return found;
}

Influence roc_auc_influence(const ClassifiedRows& rows, std::int32_t positive) {
    const Ranking ranking(rows, positive);
    Influence found{ranking.roc_auc(rows.weights), std::vector<double>(rows.labels.size())};
    if (std::isnan(found.value)) return {undefined, {}};
    const Ranking::Above all = ranking.thresholds(rows.weights).back();
    ranking.visit_rows(rows.weights, [&](std::int64_t row, const Ranking::Above& before, const Ranking::Above& above) {
        const bool is_positive = rows.label(row) == positive;
        const double of_side = is_positive ? all.positives : all.negatives;
        const double won = is_positive ? 1 - (before.negatives + above.negatives) / 2 / all.negatives
                                       : (before.positives + above.positives) / 2 / all.positives;
        item(found.of_rows, row) = rows.weight(row) * (won - found.value) / of_side;
    });
    return found;
}

// d sqrt(x) = dx / (2 sqrt(x)); an error of 0 does not move.
Influence root_mean_squared_error_influence(const EstimatedRows& rows) {
    Influence found = squared_error_influence(rows);
    found.value = std::sqrt(found.value);
    for (double& each : found.of_rows) each = quotient(each, 2 * found.value);
    return found;
}

Influence mean_absolute_error_influence(const EstimatedRows& rows) {
    std::vector<double> errors(rows.rows());
    for (std::size_t row = 0; row < errors.size(); ++row) errors[row] = std::abs(rows.error(row));
    return mean_influence(errors, rows.weights);
}

// 1 - squared error / variance. The mean of the targets is where their variance is least, so it adds nothing.
Influence r_squared_influence(const EstimatedRows& rows) {
    Influence found = squared_error_influence(rows);
    const double mean = weighted_mean(rows.targets, rows.weights);
    std::vector<double> distances(rows.rows());
    for (std::size_t row = 0; row < distances.size(); ++row)
        distances[row] = (rows.targets[row] - mean) * (rows.targets[row] - mean);
    const Influence variance = mean_influence(distances, rows.weights);
    const double unexplained = found.value / variance.value;
    found.value = r_squared(rows);
    if (std::isnan(found.value)) return {undefined, {}};
    for (std::size_t row = 0; row < distances.size(); ++row)
        found.of_rows[row] = (unexplained * variance.of_rows[row] - found.of_rows[row]) / variance.value;
    return found;
}

Influence mean_of(std::span<const Influence> metrics) {
    Influence mean{0, {}};
    const auto defined = std::ranges::count_if(metrics, [](const Influence& each) { return !std::isnan(each.value); });
    if (defined == 0) return {undefined, {}};
    for (const Influence& each : metrics) {
        if (std::isnan(each.value)) continue;
        mean.of_rows.resize(each.of_rows.size());
        mean.value += each.value / static_cast<double>(defined);
        for (std::size_t i = 0; i < each.of_rows.size(); ++i)
            mean.of_rows[i] += each.of_rows[i] / static_cast<double>(defined);
    }
    return mean;
}

}  // namespace mml
