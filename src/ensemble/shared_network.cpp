// SPDX-License-Identifier: Apache-2.0
#include "ensemble/shared_network.hpp"

#include <algorithm>

#include "ensemble/pool.hpp"

namespace mml {

std::size_t SharedShape::part_inputs(std::size_t part) const {
    if (part == sign_part()) return members;
    return part == 0 ? inputs() : part == output_part() ? members * hidden : hidden;
}

std::size_t SharedShape::part_outputs(std::size_t part) const {
    return part == sign_part() ? groups() : part == output_part() ? outputs : hidden;
}

std::size_t SharedShape::bias_count(std::size_t part) const {
    return part == sign_part() ? 0 : part == output_part() ? members * outputs : hidden;
}

std::vector<float> constant_sums(const SharedShape& shape, const LayerParameters& first,
                                 const std::vector<float>& constant) {
    std::vector<float> sums(shape.groups() * shape.hidden);
    for (std::size_t group = 0; group < shape.groups(); ++group) {
        float* const out = sums.data() + group * shape.hidden;
        for (std::size_t input = shape.starts[group]; input < shape.starts[group + 1]; ++input) {
            const float* const weights = first.weights.data() + input * shape.hidden;
            for (std::size_t j = 0; j < shape.hidden; ++j) out[j] += constant[input] * weights[j];
        }
    }
    return sums;
}

void pool_members(Task task, const float* outputs, std::size_t members, std::size_t stride, std::span<float> links,
                  std::span<double> shares) {
    const std::size_t width = links.size();
    const std::size_t classes = task == Task::regression ? 1 : std::max<std::size_t>(width, 2);
    const auto sums = shares.first(classes), one = shares.subspan(classes, classes);
    std::ranges::fill(sums, 0.0);
    for (std::size_t m = 0; m < members; ++m) {
        const std::span<const float> own(outputs + m * stride, width);
        if (task == Task::regression) {
            sums[0] += own[0];
            continue;
        }
        write_probabilities(own, 1, one);
        for (std::size_t k = 0; k < classes; ++k) sums[k] += one[k];
    }
    for (double& sum : sums) sum /= static_cast<double>(members);
    if (task == Task::regression) {
        links[0] = static_cast<float>(sums[0]);
    } else {
        write_links(sums, links);
    }
}

}  // namespace mml
