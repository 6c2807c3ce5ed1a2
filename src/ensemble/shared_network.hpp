// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "data/dataset.hpp"
#include "ensemble/network_parameters.hpp"

namespace mml {

/// The sizes of a network whose members share every matrix (TabM-mini; Gorishniy et al., 2025). Member m multiplies the
/// inputs of group g by its own sign[m][g]; then all do the same layers, and each has its own output layer:
///   sums[g] = inputs of g x weights of g; h = max(0, bias + sum over g of sign[m][g] * sums[g]); ReLU layers; output m.
/// So the first layer, which is large, is computed once for all members.
struct SharedShape {
    std::vector<std::size_t> starts{0};  ///< of each group its first input; last: the number of inputs
    std::size_t members = 0;
    std::size_t hidden = 0;
    std::size_t layers = 0;
    std::size_t outputs = 0;

    std::size_t groups() const { return starts.size() - 1; }
    std::size_t inputs() const { return starts.back(); }
    /// Layers 0 ... layers - 1 are the shared ones, then come the members' outputs and their signs, which have no bias.
    std::size_t parts() const { return layers + 2; }
    std::size_t output_part() const { return layers; }
    std::size_t sign_part() const { return layers + 1; }
    std::size_t part_inputs(std::size_t part) const;
    std::size_t part_outputs(std::size_t part) const;
    std::size_t weight_count(std::size_t part) const { return part_inputs(part) * part_outputs(part); }
    std::size_t bias_count(std::size_t part) const;
};

/// What each group of inputs gives for the encoder's constant row, groups x hidden: what the stored differences add to.
std::vector<float> constant_sums(const SharedShape& shape, const LayerParameters& first, const std::vector<float>& constant);

/// The links that the mean over members stands for; member m's are outputs[m * stride ...], `links.size()` of them.
/// shares: room for a probability of each class, twice.
void pool_members(Task task, const float* outputs, std::size_t members, std::size_t stride, std::span<float> links,
                  std::span<double> shares);

}  // namespace mml
