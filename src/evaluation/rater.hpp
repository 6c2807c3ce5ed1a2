// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "evaluation/calibration.hpp"
#include "evaluation/interval.hpp"
#include "evaluation/metrics.hpp"
#include "evaluation/ranking.hpp"

namespace mml {

struct NamedValue {
    std::string name;
    double value = 0;  ///< NaN: undefined
};

/// The range that a metric cannot leave, infinite where there is no bound; intervals are cut to it. `classes` is 0 for
/// regression, whose score is another.
Interval bounds_of_metric(const std::string& name, std::int64_t classes);

/// What a rater does about rows sorted for each class, which the areas under curves need: keep them (8 bytes a row and
/// class), sort anew for each weighting, or leave those metrics out as NaN.
enum class Rankings { kept, made_each_time, none };

/// All metrics of classified rows, by name, for one weighting of the rows after another: what does not depend on the
/// weights is worked out once, so that hundreds of resamples are cheap. Refers to what the rows refer to.
class ClassRater {
public:
    ClassRater(const ClassifiedRows& rows, Rankings rankings);

    /// With these weights in place of the rows' own; empty: 1 each.
    std::vector<NamedValue> metrics(std::span<const float> weights) const;

private:
    using Area = double (Ranking::*)(std::span<const float>) const;
    double mean_area(Area area, std::span<const float> weights) const;

    ClassifiedRows rows_;
    std::vector<std::int32_t> predicted_;
    std::vector<double> losses_;
    std::vector<double> distances_;
    std::vector<Forecast> forecasts_;
    std::vector<std::int32_t> ranked_classes_;  // two classes: the second one; more: each; none
    std::vector<Ranking> rankings_;             // those of the ranked classes, where they are kept
};

/// All metrics of estimates, by name.
std::vector<NamedValue> estimate_metrics(const EstimatedRows& rows);

}  // namespace mml
