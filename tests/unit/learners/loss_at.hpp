// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "learners/loss.hpp"

namespace mml_test {

/// The loss of one observation at links of float or double.
template <typename Number>
double loss_at(const mml::Loss& loss, std::span<const Number> links, const mml::FoldedObservation& observed) {
    return loss.value(std::vector<double>(links.begin(), links.end()), observed);
}

/// Its gradient.
template <typename Number>
std::vector<double> gradient_at(const mml::Loss& loss, std::span<const Number> links,
                                const mml::FoldedObservation& observed) {
    std::vector<double> target(links.size());
    std::vector<double> gradient(links.size());
    loss.add_observed(observed, 1, target);
    loss.value(std::vector<double>(links.begin(), links.end()), target, gradient);
    return gradient;
}

}  // namespace mml_test
