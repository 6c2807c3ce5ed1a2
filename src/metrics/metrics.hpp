// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "base/index.hpp"

namespace mml {

// Measures of how well predictions fit what is known. Every one of them counts a row by its weight, and is NaN where it is
// undefined: without a row of positive weight, or as its comment says. Probabilities and estimates must not be NaN.

/// What a measure is that has no value.
inline constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

/// Rows with known classes, the probabilities that a model gave them, and its answers.
struct ClassifiedRows {
    std::span<const std::int32_t> labels;  ///< one a row, 0 ... classes - 1
    std::span<const float> probabilities;  ///< rows x classes, in row-major order
    std::int64_t classes = 0;              ///< at least 1
    std::span<const float> weights = {};   ///< one a row, not negative; empty: 1 each
    std::span<const std::int32_t> answers =
        {};  ///< the class that the model decided for, one a row; empty: the most probable

    std::int64_t rows() const { return std::ssize(labels); }
    std::int32_t label(std::int64_t row) const { return item(labels, row); }
    double weight(std::int64_t row) const { return weights.empty() ? 1.0 : item(weights, row); }
    std::span<const float> scores(std::int64_t row) const {
        return probabilities.subspan(as_size(row * classes), as_size(classes));
    }
};

/// The class of the highest probability; equal ones go to the lowest index.
std::int32_t predicted_class(std::span<const float> scores);

/// Of every row: the class of the highest probability; what the model answers.
std::vector<std::int32_t> most_probable_classes(const ClassifiedRows& rows);
std::vector<std::int32_t> answered_classes(const ClassifiedRows& rows);

/// For each class the weight of the rows that belong to it, that were answered with it, and both.
struct ClassCounts {
    std::vector<double> actual;
    std::vector<double> predicted;
    std::vector<double> correct;
};

/// With these answers, one a row, and `weights` in place of the rows' own.
ClassCounts count_classes(const ClassifiedRows& rows, std::span<const std::int32_t> predicted,
                          std::span<const float> weights);
ClassCounts count_classes(const ClassifiedRows& rows);

/// Weights by actual and answered class: classes x classes, a row of the matrix for each actual class.
std::vector<double> confusion_matrix(const ClassifiedRows& rows);

/// Share of the rows that are predicted correctly.
double accuracy(const ClassCounts& counts);

/// Mean recall of the classes that occur among the labels (Brodersen et al., 2010).
double balanced_accuracy(const ClassCounts& counts);

/// Precision, recall and their harmonic mean (van Rijsbergen, 1979). Where a quotient's denominator is 0, such as the
/// precision of a class that is never predicted, it counts as 0.
struct ClassScores {
    double precision = 0;
    double recall = 0;
    double f1_score = 0;
};

std::vector<ClassScores> class_scores(const ClassCounts& counts);

/// The classes' scores averaged by the weight of their rows.
ClassScores weighted_scores(const ClassCounts& counts);

/// The correlation of predicted and actual class (Matthews, 1975; for any number of classes Gorodkin, 2004): 1 where all are
/// right, 0 as good as chance, also where all rows are of one class, or predicted as one; at least -1.
double matthews_correlation(const ClassCounts& counts);

/// Area under the ROC curve (Fawcett, 2006): the chance that a row of the class `positive` gets a higher probability of it
/// than a row of another class, where an equal one counts half. NaN where either side has no row.
double roc_auc(const ClassifiedRows& rows, std::int32_t positive);

/// The plain mean of each class's roc_auc() against all others, over the classes that have one.
double roc_auc_one_vs_rest(const ClassifiedRows& rows);

/// Area under the precision-recall curve, as average precision: the precision at each threshold, averaged by the recall that
/// it adds (Davis and Goadrich, 2006, on why not by trapezoids). NaN where the class `positive` has no row; by chance it is
/// the class's share.
double average_precision(const ClassifiedRows& rows, std::int32_t positive);

/// The plain mean of each class's average_precision(), over the classes that have rows.
double average_precision_one_vs_rest(const ClassifiedRows& rows);

/// Of one row: what log_loss() and brier_score() are means of.
double row_log_loss(std::span<const float> scores, std::int32_t label);
double row_brier_score(std::span<const float> scores, std::int32_t label);

/// Mean of -ln(probability of the row's class), with probabilities brought into [e, 1 - e] first, where e = 2^-23 is the
/// resolution of the float32 numbers that probabilities are.
double log_loss(const ClassifiedRows& rows);

/// Mean squared distance of the probabilities from what happened (Brier, 1950). Two classes: (p - y)^2 of the second one, 0
/// ... 1; else the sum over all classes, 0 ... 2.
double brier_score(const ClassifiedRows& rows);

/// The mean of values, one a row.
double weighted_mean(std::span<const double> values, std::span<const float> weights);

/// Rows with known values and a model's estimates.
struct EstimatedRows {
    std::span<const double> targets;
    std::span<const double> estimates;
    std::span<const float> weights;  ///< one a row, not negative; empty: 1 each

    std::size_t rows() const { return targets.size(); }
    double weight(std::size_t row) const { return weights.empty() ? 1.0 : weights[row]; }
    double error(std::size_t row) const { return estimates[row] - targets[row]; }
};

double root_mean_squared_error(const EstimatedRows& rows);
double mean_absolute_error(const EstimatedRows& rows);

/// Coefficient of determination: 1 - sum of squared errors / sum of squared distances from the mean target. NaN where all
/// targets are equal.
double r_squared(const EstimatedRows& rows);

}  // namespace mml
