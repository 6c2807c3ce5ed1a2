// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/decision_rule.hpp"
#include "data/sparse_rows.hpp"
#include "model/model.hpp"
#include "training/fit_decision.hpp"
#include "training/rated_estimates.hpp"

namespace mml {

/// The same model with a decision by this rule, which its description tells too. out_of_fold: of its ensemble alone;
/// features: the training rows. A prior's probabilities are mixed in first, for it has not seen the rows either. Where its
/// decision is by the same rule, the offsets are mixed as the answers are.
Model with_decision(const Model& model, const DecisionRule& rule, RatedProbabilities out_of_fold,
                    const SparseRows& features);

/// The same for regression: the model, whose description has what its estimates score on rows that it was not trained on.
Model with_rating(const Model& model, RatedEstimates out_of_fold, const SparseRows& features);

}  // namespace mml
