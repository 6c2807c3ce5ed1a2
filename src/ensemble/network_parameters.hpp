// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace mml {

/// What a model file may hold: networks of a member, and layers and hidden units of a network.
constexpr std::int64_t most_networks = 64;
constexpr std::int64_t most_layers = 8;
constexpr std::int64_t most_hidden = 1 << 20;

/// A network's sizes: inputs -> 2 * hidden, gated to hidden -> (layers - 1) times hidden, ReLU -> outputs.
struct NetworkShape {
    std::size_t inputs = 0;
    std::size_t hidden = 0;
    std::size_t layers = 0;
    std::size_t outputs = 0;

    std::size_t layer_inputs(std::size_t layer) const { return layer == 0 ? inputs : hidden; }
    std::size_t layer_outputs(std::size_t layer) const {
        return layer == 0 ? 2 * hidden : layer == layers ? outputs : hidden;
    }
    std::size_t weight_count(std::size_t layer) const { return layer_inputs(layer) * layer_outputs(layer); }
};

/// Weights (inputs x outputs, row-major) and bias of one layer.
struct LayerParameters {
    std::vector<float> weights;
    std::vector<float> bias;
};

/// Layers 0 (gated) to shape.layers (output).
using NetworkParameters = std::vector<LayerParameters>;

/// Layers of parameters that are each in range can still overflow together. What then comes out says nothing, but it is a
/// number, so that no mean of members becomes NaN. std::max() takes NaN for the lower bound.
inline float bounded_link(float link) {
    constexpr float largest_link = 1e30F;
    return std::min(std::max(-largest_link, link), largest_link);
}

}  // namespace mml
