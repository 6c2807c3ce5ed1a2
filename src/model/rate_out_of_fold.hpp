// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.hpp"
#include "ensemble/decision.hpp"
#include "training/fit_decision.hpp"

namespace mml {

/// What a model scores on its own training samples, each rated by members that did not see it: {"rows", "metrics":
/// {"log_loss", "brier_score", "accuracy": {"value", "interval" of 95 %, "baseline" (the class shares as probabilities)}}};
/// null where none were held out. Pool, calibration and decision were fitted on these samples, so the numbers are a little
/// too good.
Json rate_out_of_fold(const RatedProbabilities& rated, const Decision& decision);

}  // namespace mml
