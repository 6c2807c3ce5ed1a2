// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/supervisor.hpp"
#include "config/config.hpp"
#include "data/samples.hpp"
#include "ensemble/ensemble.hpp"
#include "learners/learner.hpp"
#include "training/fit_decision.hpp"
#include "training/rated_estimates.hpp"

namespace mml {

/// What training made.
struct EnsembleTraining {
    Ensemble ensemble;
    Json description;  ///< members with weights and out-of-fold losses, folds, calibration
    std::vector<std::string> warnings;
    std::vector<LearningCurve> curves;
    RatedProbabilities out_of_fold;  ///< classification: what the model's decision is fitted on
    RatedEstimates estimates;        ///< regression
};

/// Fits every wanted learner on the samples, blends them by weights that minimise the out-of-fold loss, calibrates the
/// blend. Needs at least one sample, and for classification at least two classes among the names (they need not all occur).
EnsembleTraining train_ensemble(const Samples& samples, const Config& config, Progress progress);
/// The same on samples that nobody needs again: lets their observations go before the learners begin.
EnsembleTraining train_ensemble(Samples&& samples, const Config& config, Progress progress);

}  // namespace mml
