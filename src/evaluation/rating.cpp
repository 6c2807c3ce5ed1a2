// SPDX-License-Identifier: Apache-2.0
#include "evaluation/rating.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/text.hpp"
#include "metrics/metrics.hpp"

namespace mml {

namespace {

double weight_of(std::span<const float> weights, std::size_t row) { return weights.empty() ? 1.0 : weights[row]; }

// For each wanted name its index among `class_names`, or -1.
std::vector<std::int32_t> indices_among(const std::vector<std::string>& wanted,
                                        const std::vector<std::string>& class_names) {
    std::map<std::string_view, std::int32_t> known;
    for (std::size_t i = 0; i < class_names.size(); ++i) known.emplace(class_names[i], narrowed<std::int32_t>(i));
    std::vector<std::int32_t> indices;
    for (const std::string& name : wanted) {
        const auto found = known.find(name);
        indices.push_back(found == known.end() ? -1 : found->second);
    }
    return indices;
}

// A model keeps names as UTF-8.
std::vector<std::string> as_utf8(const std::vector<std::string>& names) {
    std::vector<std::string> result(names.size());
    std::ranges::transform(names, result.begin(), valid_utf8);
    return result;
}

[[noreturn]] void refuse_class(const Dataset& dataset, std::size_t row, const std::vector<std::string>& class_names) {
    const auto label = as_size(dataset.target->class_indices[row]);
    fail(Status::mismatch,
         concat(dataset.source, ", sample ", row + 1, ": the model has no class ", quote(dataset.target->class_names[label]),
                ", only ", quoted_list(class_names), ": leave such samples out or train again"));
}

std::vector<MetricValue> metrics_of(const Target& target, std::span<const float> weights, std::span<const float> predictions,
                                    std::span<const std::int32_t> answers) {
    const ClassifiedRows rows = classified(target, weights, predictions, answers);
    return ClassRater(rows, Rankings::made_each_time).metrics(weights);
}

// Of the same metrics those of answers.
std::vector<MetricValue> at_probable(std::vector<MetricValue> metrics, const ClassifiedRows& rows) {
    const ClassCounts counts = count_classes(rows, most_probable_classes(rows), rows.weights);
    for (auto& [metric, value] : metrics) value = metric->of_counts != nullptr ? metric->of_counts(counts) : undefined;
    return metrics;
}

std::vector<float> repeated(std::span<const float> row, std::size_t times) {
    std::vector<float> rows;
    rows.reserve(row.size() * times);
    for (std::size_t i = 0; i < times; ++i) rows.insert(rows.end(), row.begin(), row.end());
    return rows;
}

}  // namespace

Target with_classes(const Dataset& dataset, const std::vector<std::string>& class_names) {
    Target target = *dataset.target;
    const std::vector<std::string> wanted = as_utf8(std::exchange(target.class_names, class_names));
    if (wanted == class_names) return target;
    const std::vector<std::int32_t> indices = indices_among(wanted, class_names);
    for (std::size_t row = 0; row < target.class_indices.size(); ++row) {
        const std::int32_t index = item(indices, target.class_indices[row]);
        if (index < 0) refuse_class(dataset, row, class_names);
        target.class_indices[row] = index;
    }
    return target;
}

std::vector<double> class_weights(const Target& target, std::span<const float> weights) {
    std::vector<double> sums(target.class_names.size());
    for (std::size_t row = 0; row < target.class_indices.size(); ++row) {
        item(sums, target.class_indices[row]) += weight_of(weights, row);
    }
    return sums;
}

std::vector<float> constant_prediction(const Target& target, std::span<const float> weights) {
    const std::vector<double> sums = class_weights(target, weights);
    double total = 0;
    for (const double sum : sums) total += sum;
    std::vector<float> shares;
    shares.reserve(sums.size());
    for (const double sum : sums) shares.push_back(static_cast<float>(sum / total));
    return shares;
}

double constant_estimate(const Target& target, std::span<const float> weights) {
    double total = 0;
    double weight = 0;
    for (std::size_t row = 0; row < target.values.size(); ++row) {
        const double share = weight_of(weights, row);
        weight += share;
        // Step by step, for the sum of large values may overflow.
        if (share > 0) total += share / weight * (target.values[row] - total);
    }
    return total;
}

ClassifiedRows classified(const Target& target, std::span<const float> weights, std::span<const float> predictions,
                          std::span<const std::int32_t> answers) {
    return {target.class_indices, predictions, std::ssize(target.class_names), weights, answers};
}

Rating rate(const Target& target, std::span<const float> weights, std::span<const float> predictions,
            std::span<const float> baseline, std::span<const std::int32_t> answers) {
    Rating rating;
    const std::size_t rows = predictions.size() / baseline.size();
    rating.test_rows = narrowed<std::int64_t>(rows);
    rating.metrics = metrics_of(target, weights, predictions, answers);
    rating.baselines = metrics_of(target, weights, repeated(baseline, rows), {});
    const ClassifiedRows rated = classified(target, weights, predictions, answers);
    rating.at_probable = at_probable(rating.metrics, rated);
    rating.counts = count_classes(rated);
    if (target.class_names.size() <= most_confused_classes) rating.confusion = confusion_matrix(rated);
    return rating;
}

Rating rate(const Target& target, std::span<const float> weights, std::span<const double> estimates, double baseline) {
    const std::vector<double> constant(estimates.size(), baseline);
    Rating rating;
    rating.test_rows = std::ssize(estimates);
    rating.metrics = estimate_metrics({target.values, estimates, weights});
    rating.baselines = estimate_metrics({target.values, constant, weights});
    return rating;
}

}  // namespace mml
