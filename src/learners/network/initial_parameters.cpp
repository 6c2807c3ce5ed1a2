// SPDX-License-Identifier: Apache-2.0
#include "learners/network/initial_parameters.hpp"

#include <algorithm>
#include <cmath>

namespace mml {

NetworkParameters zero_parameters(const NetworkShape& shape) {
    NetworkParameters parameters;
    for (std::size_t layer = 0; layer <= shape.layers; ++layer) {
        parameters.push_back(
            {std::vector<float>(shape.weight_count(layer)), std::vector<float>(shape.layer_outputs(layer))});
    }
    return parameters;
}

NetworkParameters random_parameters(const NetworkShape& shape, RandomStream& random) {
    NetworkParameters parameters = zero_parameters(shape);
    for (std::size_t layer = 0; layer < shape.layers; ++layer) {
        const auto fan_in = static_cast<double>(shape.layer_inputs(layer));
        const double deviation = std::sqrt(2.0 / fan_in);
        for (float& weight : parameters[layer].weights) {
            weight = static_cast<float>(deviation * random.normal());
        }
    }
    return parameters;
}

}  // namespace mml
