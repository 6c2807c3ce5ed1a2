// SPDX-License-Identifier: Apache-2.0
#include "ensemble/pool.hpp"

#include <algorithm>
#include <cmath>

namespace mml {

void write_probabilities(std::span<const float> links, double temperature, std::span<double> probabilities) {
    if (links.size() == 1) {
        const double link = links[0] / temperature;
        probabilities[0] = sigmoid(-link);
        probabilities[1] = sigmoid(link);
        return;
    }
    const double largest = *std::ranges::max_element(links);
    double sum = 0;
    for (std::size_t k = 0; k < links.size(); ++k) {
        probabilities[k] = std::exp((links[k] - largest) / temperature);
        sum += probabilities[k];
    }
    for (double& probability : probabilities) probability /= sum;
}

void write_links(std::span<const double> probabilities, std::span<float> links) {
    if (links.size() == 1) {
        links[0] = static_cast<float>(log_probability(probabilities[1]) - log_probability(probabilities[0]));
        return;
    }
    for (std::size_t k = 0; k < links.size(); ++k) links[k] = static_cast<float>(log_probability(probabilities[k]));
}

}  // namespace mml
