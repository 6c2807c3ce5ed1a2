// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <vector>

namespace mml {

/// Gives the value at a point and writes the gradient there.
using Objective = std::function<double(std::span<const double> point, std::span<double> gradient)>;

struct LbfgsSettings {
    int iterations = 200;
    std::size_t history = 10;
    double tolerance = 1e-6;  ///< stops where an iteration lowers the value by less than this share of it
};

/// Minimises a smooth convex function from `point`, which becomes the minimum (Liu and Nocedal, 1989; backtracking by
/// Armijo's rule). `stop`, asked before each iteration, may end it early with the best point so far.
void minimise_lbfgs(const Objective& objective, std::vector<double>& point, const LbfgsSettings& settings,
                    const std::function<bool()>& stop);

}  // namespace mml
