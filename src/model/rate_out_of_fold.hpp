// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.hpp"
#include "ensemble/decision.hpp"
#include "training/fit_decision.hpp"
#include "training/rated_estimates.hpp"

namespace mml {

/// Fewest samples of a point of the calibration curve, so that none tells of a single sample.
constexpr std::int64_t fewest_of_point = 10;

/// What a model scores on its own training samples, each rated by members that did not see it. null where none were held
/// out. {"rows" (equal ones once), "samples", "metrics": {name as in evaluation/metric_table.cpp: {"value", "interval" of 95
/// % or null, "baseline" (the class shares as probabilities)}}, "calibration": [[mean probability, frequency, share of the
/// samples, low, high], ...]}, where low and high are the frequency's interval of 95 %. Pool, calibration and decision were
/// fitted on these samples, so the numbers are a little too good.
Json rate_out_of_fold(const RatedProbabilities& rated, const Decision& decision);
/// The same for regression, without "calibration"; the baseline is the mean value.
Json rate_out_of_fold(const RatedEstimates& rated);

}  // namespace mml
