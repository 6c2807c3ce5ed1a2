// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <span>

namespace mml {

/// The probability that log-odds stand for, without overflow.
inline double sigmoid(double x) {
    const double e = std::exp(-std::abs(x));
    return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

/// What of the members is averaged for each class: log-odds (links), a geometric mean of odds, or probabilities.
enum class Pool { log_odds, probability };

/// ln of a probability, that of 0 as of 1e-300: where every member is as sure as its numbers can tell.
inline double log_probability(double probability) { return std::log(std::max(probability, 1e-300)); }

/// The probabilities that one row's links stand for, divided by a temperature: for a single link (two classes) of both
/// classes, else the softmax, as many as links.
void write_probabilities(std::span<const float> links, double temperature, std::span<double> probabilities);

/// The links that one row's mean probabilities stand for; the other way round.
void write_links(std::span<const double> probabilities, std::span<float> links);

}  // namespace mml
