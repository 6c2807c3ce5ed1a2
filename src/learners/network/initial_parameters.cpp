// SPDX-License-Identifier: Apache-2.0
#include "learners/network/initial_parameters.hpp"

#include <algorithm>
#include <cmath>

namespace mml {

NetworkParameters zero_parameters(const NetworkShape& shape) {
    NetworkParameters parameters;
    for (int layer = 0; layer <= shape.layers; ++layer) {
        parameters.push_back({std::vector<float>(shape.weight_count(layer)),
                              std::vector<float>(static_cast<std::size_t>(shape.layer_outputs(layer)))});
    }
    return parameters;
}

NetworkParameters random_parameters(const NetworkShape& shape, RandomStream& random) {
    NetworkParameters parameters = zero_parameters(shape);
    for (int layer = 0; layer < shape.layers; ++layer) {
        const double fan_in = layer == 0 ? shape.inputs : shape.hidden;
        const double deviation = std::sqrt(2.0 / fan_in);
        for (float& weight : parameters[static_cast<std::size_t>(layer)].weights) {
            weight = static_cast<float>(deviation * random.normal());
        }
    }
    return parameters;
}

}  // namespace mml
