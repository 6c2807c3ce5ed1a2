// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "evaluation/metric_table.hpp"
#include "metrics/calibration_error.hpp"
#include "metrics/metrics.hpp"
#include "metrics/ranking.hpp"

namespace mml {

/// What a rater does about rows sorted for each class, which the areas under curves need: keep them (8 bytes a row and
/// class), sort anew for each weighting, or leave those metrics out as NaN.
enum class Rankings { kept, made_each_time, none };

/// All metrics of classified rows for one weighting of the rows after another: what does not depend on the
/// weights is worked out once, so that hundreds of resamples are cheap. Refers to what the rows refer to.
class ClassRater {
public:
    ClassRater(const ClassifiedRows& rows, Rankings rankings);

    /// With these weights in place of the rows' own; empty: 1 each.
    std::vector<MetricValue> metrics(std::span<const float> weights) const;

    /// What metrics of probabilities are made of.
    using Area = double (Ranking::*)(std::span<const float>) const;
    std::int64_t classes() const { return rows_.classes; }
    /// Of two classes the area of the second one, of more the plain mean of those that are defined.
    double mean_area(Area area, std::span<const float> weights) const;
    double log_loss(std::span<const float> weights) const { return weighted_mean(losses_, weights); }
    double brier_score(std::span<const float> weights) const { return weighted_mean(distances_, weights); }
    double calibration_error(std::span<const float> weights) const;

private:
    ClassifiedRows rows_;
    std::vector<std::int32_t> answers_;
    std::vector<double> losses_;
    std::vector<double> distances_;
    std::vector<Forecast> forecasts_;
    std::vector<std::int32_t> ranked_classes_;  // two classes: the second one; more: each; none
    std::vector<Ranking> rankings_;             // those of the ranked classes, where they are kept
};

/// All metrics of estimates.
std::vector<MetricValue> estimate_metrics(const EstimatedRows& rows);

}  // namespace mml
