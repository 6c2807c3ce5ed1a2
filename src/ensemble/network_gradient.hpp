// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "ensemble/network_parameters.hpp"

namespace mml {

/// A network's outputs as a function of its first layer's sums, and the mean of their gradient along a straight line of such
/// sums: integrated gradients (Sundararajan et al., 2017), which are the values of Aumann and Shapley (1974). Keeps its
/// memory from row to row; one thread at a time.
class NetworkGradient {
public:
    NetworkGradient(const NetworkShape& shape, const NetworkParameters& layers);

    /// The outputs at these sums, 2 * hidden.
    std::vector<double> outputs(std::span<const float> sums);
    /// For each output 2 * hidden numbers: the mean gradient between the sums `from` and `from` + `step`.
    std::span<const float> mean_gradient(std::span<const float> from, std::span<const float> step);

private:
    void forward(std::span<const float> sums);
    void add_gradient(std::span<const float> sums, float weight);

    NetworkShape shape_;
    const NetworkParameters& layers_;
    std::size_t hidden_;
    std::vector<std::vector<float>> after_;  ///< of each layer but the last
    std::vector<float> outputs_;
    std::vector<float> gradient_;
    std::vector<float> sums_;
    std::vector<float> above_;
    std::vector<float> below_;
};

}  // namespace mml
