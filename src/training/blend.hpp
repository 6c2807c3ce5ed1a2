// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "learners/learner.hpp"

namespace mml {

/// Out-of-fold links of the members to blend, in the learners' order; observations that any of them lacks are left out.
class BlendProblem {
public:
    BlendProblem(const TrainingSet& set, std::vector<std::span<const float>> members);

    /// Whether there is anything to rate on.
    bool empty() const { return usable_.empty(); }
    double weight() const { return weight_; }
    /// Mean out-of-fold loss of the pool of links with these weights, divided by a temperature.
    double loss(std::span<const double> weights, double temperature) const;
    /// As loss(), at temperature 1, with its gradient by the weights.
    double loss_and_gradient(std::span<const double> weights, std::span<double> gradient) const;

private:
    void pool(std::size_t observation, std::span<const double> weights, double temperature, std::span<double> links) const;

    const TrainingSet& set_;
    std::vector<std::span<const float>> members_;
    std::vector<std::size_t> usable_;
    double weight_ = 0;
};

/// What the blend must save over the whole set, in units of one sample's loss, to leave the first member entirely. On sets
/// of some hundred samples the weights would else follow the noise: on real ones 12 is better than 2, and no large one feels
/// it.
constexpr double blend_shrinkage = 12;

/// Weights on the simplex that minimise the out-of-fold loss, found by moving weight between the pair of members that gain
/// most (the working set of Platt's sequential minimal optimization, 1998), and shrunk towards the first member: as
/// blend_shrinkage says. Weights too small to matter are dropped.
std::vector<double> blend_weights(const BlendProblem& problem, std::size_t members);

/// The temperature that minimises the out-of-fold loss (Guo et al., 2017), found by golden section on its logarithm and
/// shrunk towards 1 on small sets.
double fit_temperature(const BlendProblem& problem, std::span<const double> weights);

}  // namespace mml
