// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/json.hpp"
#include "ensemble/decision.hpp"

namespace mml {

/// Calibrated probabilities of observations by models that did not see them: what decisions are fitted on.
struct RatedProbabilities {
    std::size_t classes = 0;
    std::vector<float> probabilities = {};   ///< observations x classes
    std::vector<std::int32_t> labels = {};   ///< class index of each observation
    std::vector<double> weights = {};        ///< above 0, as the samples weigh; class weights are left aside
    std::vector<std::int64_t> rows = {};     ///< of the training features
    std::vector<std::int32_t> counts = {};   ///< samples behind each observation
    std::vector<double> class_shares = {};   ///< of all samples' weight, also those that are not rated; sum 1
    std::vector<double> class_factors = {};  ///< by which option class_weights multiplied the weight; empty: 1 each

    std::size_t size() const { return labels.size(); }
    std::span<const float> of(std::size_t place) const { return std::span(probabilities).subspan(place * classes, classes); }
};

/// The decision by this rule. The order of observations does not matter, and that of classes but in ties. Without any
/// observation, where it starts from: the class shares. Throws Error(invalid_argument) where the rule needs two classes and
/// there are more.
Decision fit_decision(const RatedProbabilities& rated, const DecisionRule& rule);

/// For people: {"rule", "offsets"}, for two classes "threshold", and of the observations, unless there are none,
/// "out_of_fold": {"score", "balanced_accuracy", "shares" (decided for each class)} with the same of "probable".
Json describe_decision(const Decision& decision, const RatedProbabilities& rated);

/// Throws that error, for whoever would not train in vain.
void check_decision_classes(const DecisionRule& rule, std::size_t classes);

}  // namespace mml
