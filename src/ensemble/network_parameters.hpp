// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

namespace mml {

/// A network's sizes: inputs -> 2 * hidden, gated to hidden -> (layers - 1) times hidden, ReLU -> outputs.
struct NetworkShape {
    int inputs = 0;
    int hidden = 0;
    int layers = 0;
    int outputs = 0;

    int layer_inputs(int layer) const { return layer == 0 ? inputs : hidden; }
    int layer_outputs(int layer) const { return layer == 0 ? 2 * hidden : layer == layers ? outputs : hidden; }
    std::size_t weight_count(int layer) const {
        return static_cast<std::size_t>(layer_inputs(layer)) * static_cast<std::size_t>(layer_outputs(layer));
    }
};

/// Weights (inputs x outputs, row-major) and bias of one layer.
struct LayerParameters {
    std::vector<float> weights;
    std::vector<float> bias;
};

/// Layers 0 (gated) to shape.layers (output).
using NetworkParameters = std::vector<LayerParameters>;

}  // namespace mml
