// SPDX-License-Identifier: Apache-2.0
#include "ensemble/contributions.hpp"

#include <cmath>
#include <numbers>

namespace mml {

void make_sum(std::span<double> numbers, double sum) {
    double found = 0;
    double sizes = 0;
    for (const double number : numbers) {
        found += number;
        sizes += std::abs(number);
    }
    if (sizes <= 0) return;
    const double share = (sum - found) / sizes;
    for (double& number : numbers) number += share * std::abs(number);
}

// Newton's steps to the roots of Legendre's polynomial on -1 ... 1, from a start that is close for every number of points
// (Press et al., Numerical Recipes, 3rd ed., 4.6).
Quadrature::Quadrature(std::size_t points) : at(points), weight(points) {
    const auto count = static_cast<double>(points);
    for (std::size_t i = 0; i < points; ++i) {
        double root = std::cos(std::numbers::pi * (static_cast<double>(i) + 0.75) / (count + 0.5));
        double slope = 1;
        for (int round = 0; round < 100; ++round) {
            double value = 1;
            double before = 0;
            for (double n = 1; n <= count; ++n) {
                const double next = ((2 * n - 1) * root * value - (n - 1) * before) / n;
                before = value;
                value = next;
            }
            slope = count * (root * value - before) / (root * root - 1);
            const double step = value / slope;
            root -= step;
            if (std::abs(step) < 1e-15) break;
        }
        at[points - 1 - i] = (1 + root) / 2;
        weight[points - 1 - i] = 1 / ((1 - root * root) * slope * slope);
    }
}

}  // namespace mml
