// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/dataset.hpp"
#include "evaluation/rater.hpp"

namespace mml {

/// What one model scored on one set of rows.
struct Rating {
    std::int64_t training_rows = 0;  ///< 0 where the model was not trained by this call
    std::int64_t test_rows = 0;
    double seconds = 0;                  ///< of training and rating
    std::vector<MetricValue> metrics;    ///< metrics_for() the task, in its order
    std::vector<MetricValue> baselines;  ///< the same metrics: what constant_prediction() scores on the same rows
    /// The same metrics, where they are of answers: what answering with the most probable class scores. Else NaN.
    std::vector<MetricValue> at_probable;
    ClassCounts counts;             ///< classification
    std::vector<double> confusion;  ///< confusion_matrix(); empty for regression and beyond most_confused_classes
};

/// Beyond this many classes nobody reads a confusion matrix, and its memory grows with their square.
constexpr std::size_t most_confused_classes = 50;

/// The target of a labelled data set with a model's classes in its order, matched by name (as UTF-8). Throws Error(mismatch)
/// naming a class that has rows and is not among them.
Target with_classes(const Dataset& dataset, const std::vector<std::string>& class_names);

/// The weight of each class's rows.
std::vector<double> class_weights(const Target& target, std::span<const float> weights);

/// What is predicted for every row where the features are ignored: the share of each class.
std::vector<float> constant_prediction(const Target& target, std::span<const float> weights);
/// The same for regression: the mean value.
double constant_estimate(const Target& target, std::span<const float> weights);

/// The rows of a data set as the metrics of classes take them. Refers to the arguments.
ClassifiedRows classified(const Target& target, std::span<const float> weights, std::span<const float> predictions,
                          std::span<const std::int32_t> answers = {});

/// Rates probabilities (rows x classes) with the answers decided from them (empty: the most probable classes), and the
/// constant prediction `baseline` on the same rows, which answers with its most probable class.
Rating rate(const Target& target, std::span<const float> weights, std::span<const float> predictions,
            std::span<const float> baseline, std::span<const std::int32_t> answers = {});
/// The same for one estimate a row.
Rating rate(const Target& target, std::span<const float> weights, std::span<const double> estimates, double baseline);

}  // namespace mml
