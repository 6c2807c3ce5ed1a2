// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "base/json.hpp"
#include "config/config.hpp"
#include "training/blend.hpp"
#include "training/fit_decision.hpp"
#include "training/rated_estimates.hpp"

namespace mml {

/// How members become one answer, chosen on their out-of-fold links.
struct Combination {
    Pool pool = Pool::log_odds;
    std::vector<double> weights;  ///< of each member, sum 1
    Calibration calibration;
    RatedProbabilities out_of_fold;     ///< classification; class_shares and class_factors are for the caller to fill
    RatedEstimates estimates;           ///< regression; standardised
    Json description = Json::object();  ///< what was chosen, and the losses it was chosen by
};

/// links: of each member, in the learners' order. Follows options `pool` and `calibration`. pause: called between passes
/// over all observations.
Combination combine(const TrainingSet& set, const std::vector<std::span<const float>>& links, const Config& config,
                    const Pause& pause = {});

}  // namespace mml
