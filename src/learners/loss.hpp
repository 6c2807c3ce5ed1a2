// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "base/index.hpp"
#include "ensemble/pool.hpp"
#include "learners/learner.hpp"

namespace mml {

/// log(1 + exp(x)), without overflow.
inline double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

/// log of the sum of exponentials, without overflow.
template <typename Number>
double log_sum_exp(std::span<const Number> values) {
    const double largest = *std::ranges::max_element(values);
    double sum = 0;
    for (const Number value : values) sum += std::exp(value - largest);
    return largest + std::log(sum);
}

/// The loss of one sample: log loss (natural logarithm) of its class, or half the squared error of its standardised value.
template <typename Number>
double sample_loss(Task task, std::span<const Number> links, const FoldedObservation& observation) {
    if (task == Task::regression) {
        const double error = links[0] - observation.value;
        return 0.5 * error * error;
    }
    if (links.size() == 1) {
        const double link = links[0];
        return softplus(observation.class_index == 1 ? -link : link);
    }
    return log_sum_exp(links) - item(links, observation.class_index);
}

/// Adds an observation to a row's soft target, one number an output, which is to be divided by the row's weight: the weight
/// of the second class or of each class, or the weighted value.
inline void add_to_target(Task task, const FoldedObservation& observation, std::span<double> target) {
    if (task == Task::regression) {
        target[0] += observation.weight * observation.value;
    } else if (target.size() == 1) {
        target[0] += observation.class_index == 1 ? observation.weight : 0;
    } else {
        item(target, observation.class_index) += observation.weight;
    }
}

/// Adds weight times the gradient of sample_loss() by the links to `gradient`.
template <typename Number>
void add_loss_gradient(Task task, std::span<const Number> links, const FoldedObservation& observation, double weight,
                       std::span<double> gradient) {
    if (task == Task::regression) {
        gradient[0] += weight * (links[0] - observation.value);
    } else if (links.size() == 1) {
        gradient[0] += weight * (sigmoid(links[0]) - (observation.class_index == 1 ? 1.0 : 0.0));
    } else {
        const double normaliser = log_sum_exp(links);
        for (std::size_t k = 0; k < links.size(); ++k) {
            const double probability = std::exp(links[k] - normaliser);
            gradient[k] += weight * (probability - (std::cmp_equal(observation.class_index, k) ? 1.0 : 0.0));
        }
    }
}

}  // namespace mml
