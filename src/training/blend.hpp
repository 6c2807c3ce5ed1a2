// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "ensemble/pool.hpp"
#include "learners/learner.hpp"
#include "training/fit_calibration.hpp"

namespace mml {

/// Out-of-fold links of the members to blend, in the learners' order; observations that any of them lacks are left out.
class BlendProblem {
public:
    /// Regression pools links alone.
    BlendProblem(const TrainingSet& set, std::vector<std::span<const float>> members, Pool pool = Pool::log_odds);

    /// Whether there is anything to rate on.
    bool empty() const { return usable_.empty(); }
    double weight() const { return weight_; }
    /// Mean out-of-fold loss of the members pooled with these weights.
    double loss(std::span<const double> weights) const;
    /// Its gradient by the weights.
    void loss_gradient(std::span<const double> weights, std::span<double> gradient) const;
    RatedLinks pooled(std::span<const double> weights) const;

private:
    std::span<const float> cells(std::size_t place) const { return std::span(cells_).subspan(place * width_, width_); }
    void pool_links(std::size_t place, std::span<const double> weights, std::span<double> links) const;
    double pool_probability(std::size_t place, std::span<const double> weights) const;

    const TrainingSet& set_;
    std::vector<std::span<const float>> members_;
    Pool pool_;
    std::vector<std::size_t> usable_;
    std::size_t width_;         // cells of an observation
    std::vector<float> cells_;  // of each usable one: each member's links, or probability of what was observed
    double weight_ = 0;
};

/// What the blend must save over the whole set, in units of one sample's loss, to leave the first member entirely. On sets
/// of some hundred samples the weights would else follow the noise; 6 and more leave trees out that are clearly better
/// there.
constexpr double blend_shrinkage = 2;

/// Weights on the simplex that minimise the out-of-fold loss, found by moving weight between the pair of members that gain
/// most (the working set of Platt's sequential minimal optimization, 1998), and shrunk towards the first member: as
/// blend_shrinkage says. Weights too small to matter are dropped.
/// pause: called before each look at all observations.
std::vector<double> blend_weights(const BlendProblem& problem, std::size_t members, const Pause& pause = {});

}  // namespace mml
