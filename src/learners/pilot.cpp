// SPDX-License-Identifier: Apache-2.0
#include "learners/pilot.hpp"

#include <algorithm>
#include <cmath>

#include "ensemble/pool.hpp"

namespace mml {

namespace {

// What a blend must save of the rival's loss. Less is lost again when weights and calibration are chosen on few samples.
constexpr double least_saving = 0.004;
constexpr double tried_weights[] = {0.15, 0.3, 0.5};

}  // namespace

Pilot::Pilot(const TrainingSet& set) : set_(set) {
    for (std::size_t i = 0; i < set.observations.size(); ++i) {
        if (set.observations[i].fold != 0) continue;
        observations_.push_back(i);
        weight_ += set.observations[i].weight;
    }
    weight_ = set.ranks.sum(weight_);
}

double Pilot::lack(double loss, std::span<const float> links) const {
    const double wanted = set_.rival.fold_losses.at(0) * (1 - least_saving);
    double least = loss - set_.rival.limit(0);
    for (const double own_weight : tried_weights) least = std::min(least, blended_loss(links, own_weight) - wanted);
    return least;
}

double Pilot::blended_loss(std::span<const float> links, double own_weight) const {
    double sum = 0;
    for (std::size_t place = 0; place < observations_.size(); ++place) {
        const FoldedObservation& observation = set_.observations[observations_[place]];
        const double own = links[place], other = set_.rival.links[observations_[place]];
        if (set_.task == Task::regression) {
            const double error = own_weight * own + (1 - own_weight) * other - observation.value;
            sum += observation.weight * 0.5 * error * error;
        } else {
            const double sign = observation.class_index == 1 ? 1 : -1;
            sum -= observation.weight *
                   log_probability(own_weight * sigmoid(sign * own) + (1 - own_weight) * sigmoid(sign * other));
        }
    }
    return set_.ranks.sum(sum) / weight_;
}

}  // namespace mml
