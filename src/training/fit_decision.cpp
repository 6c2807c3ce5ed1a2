// SPDX-License-Identifier: Apache-2.0
#include "training/fit_decision.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "base/error.hpp"
#include "base/text.hpp"

namespace mml {

namespace {

using Kind = DecisionRule::Kind;

constexpr double least_share = 1e-6;

double log_odds(double share) { return std::log(share / (1 - share)); }

// What undoes the class weights that probabilities were learned with.
std::vector<double> population_offsets(const RatedProbabilities& rated) {
    std::vector<double> offsets(rated.classes);
    for (std::size_t k = 0; k < rated.class_factors.size(); ++k) offsets[k] = -std::log(rated.class_factors[k]);
    return offsets;
}

// For the classes' shares alone, of probabilities that are those of the population.
std::vector<double> start_of(const RatedProbabilities& rated, const DecisionRule& rule) {
    std::vector<double> offsets(rated.classes);
    const auto share = [&](std::size_t k) { return std::max(rated.class_shares[k], least_share); };
    switch (rule.kind) {
        case Kind::probable: break;
        case Kind::score:
            for (std::size_t k = 0; k < rated.classes; ++k) offsets[k] = -std::log(share(k)) / 2;
            break;
        case Kind::balanced:
            for (std::size_t k = 0; k < rated.classes; ++k) offsets[k] = -std::log(share(k));
            break;
        case Kind::cost: offsets[1] = std::log(rule.amount); break;
        case Kind::share: offsets[1] = log_odds(rule.amount / 100) - std::log(share(1) / share(0)); break;
    }
    return offsets;
}

}  // namespace

Decision fit_decision(const RatedProbabilities& rated, const DecisionRule& rule) {
    if (rule.kind == Kind::probable) return {};
    if (rule.needs_two_classes() && rated.classes != 2) {
        fail(Status::invalid_argument,
             concat("option decision is ", rule.text(), ", which needs two classes, but there are ", rated.classes,
                    ": give probable, score or balanced"));
    }
    std::vector<double> offsets = start_of(rated, rule);
    const std::vector<double> population = population_offsets(rated);
    for (std::size_t k = 0; k < offsets.size(); ++k) offsets[k] += population[k];
    const double mean = std::reduce(offsets.begin(), offsets.end()) / static_cast<double>(offsets.size());
    for (double& offset : offsets) offset = std::clamp(offset - mean, -Decision::largest_offset, Decision::largest_offset);
    return {rule, std::move(offsets)};
}

}  // namespace mml
