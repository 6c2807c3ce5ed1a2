// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "metrics/metrics.hpp"

namespace mml {

/// A metric and its influence function (Hampel, 1974): how much each row moves the metric, divided by the number of rows.
/// The sum of their squares is the metric's variance over samples of this size, without resamples (the infinitesimal
/// jackknife; Efron, 1982). Agrees with bootstrap_intervals() on some hundred rows and more.
struct Influence {
    double value = undefined;
    std::vector<double> of_rows;  ///< one a row

    double standard_error() const;
    /// The same where each row stands for as many equal ones.
    double standard_error(std::span<const std::int32_t> counts) const;
};

/// Of the mean of values, one a row.
Influence mean_influence(std::span<const double> values, std::span<const float> weights);

/// Of balanced_accuracy() and of the F1 of weighted_scores().
Influence balanced_accuracy_influence(const ClassifiedRows& rows);
Influence weighted_f1_influence(const ClassifiedRows& rows);

/// Of roc_auc(), which gives the variance of DeLong, DeLong and Clarke-Pearson (1988). No value where either side has no
/// row.
Influence roc_auc_influence(const ClassifiedRows& rows, std::int32_t positive);

/// Of root_mean_squared_error(), mean_absolute_error() and r_squared(), which has no value where all targets are equal.
Influence root_mean_squared_error_influence(const EstimatedRows& rows);
Influence mean_absolute_error_influence(const EstimatedRows& rows);
Influence r_squared_influence(const EstimatedRows& rows);

/// The plain mean of metrics of the same rows; those without value are left out.
Influence mean_of(std::span<const Influence> metrics);

}  // namespace mml
