// SPDX-License-Identifier: Apache-2.0
#include "learners/network/initial_parameters.hpp"

#include <algorithm>
#include <cmath>

namespace mml {

NetworkParameters zero_parameters(const SharedShape& shape) {
    NetworkParameters parameters;
    for (std::size_t part = 0; part < shape.parts(); ++part)
        parameters.push_back({std::vector<float>(shape.weight_count(part)), std::vector<float>(shape.bias_count(part))});
    return parameters;
}

NetworkParameters random_parameters(const SharedShape& shape, RandomStream& random) {
    NetworkParameters parameters = zero_parameters(shape);
    for (std::size_t part = 0; part < shape.sign_part(); ++part) {
        const std::size_t fan_in = part == 0 ? shape.inputs() : shape.hidden;
        const double bound = 1 / std::sqrt(static_cast<double>(std::max<std::size_t>(fan_in, 1)));
        const auto draw = [&] { return static_cast<float>(bound * (2 * random.uniform() - 1)); };
        for (float& weight : parameters[part].weights) weight = draw();
        for (float& bias : parameters[part].bias) bias = draw();
    }
    for (float& sign : parameters[shape.sign_part()].weights) sign = random.below(2) == 0 ? -1.0F : 1.0F;
    return parameters;
}

}  // namespace mml
