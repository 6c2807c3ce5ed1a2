// SPDX-License-Identifier: Apache-2.0
#include "ensemble/shared_path.hpp"

#include <algorithm>
#include <cmath>

#include "ensemble/contributions.hpp"
#include "ensemble/kernels/kernels.hpp"
#include "ensemble/pool.hpp"

namespace mml {

namespace {

// Between kinks of the ReLUs the gradient is smooth; what the points miss at the kinks is shared out by the caller.
constexpr std::size_t points_of_shared_path = 16;
constexpr double least_share = 1e-300;

// The other way round, outputs x inputs.
std::vector<float> turned(const std::vector<float>& weights, std::size_t inputs) {
    const std::size_t outputs = weights.size() / inputs;
    std::vector<float> result(weights.size());
    for (std::size_t i = 0; i < inputs; ++i)
        for (std::size_t j = 0; j < outputs; ++j) result[j * inputs + i] = weights[i * outputs + j];
    return result;
}

// out = bias + x * weights
void multiply_add(const float* weights, const float* bias, std::span<const float> x, std::span<float> out) {
    std::copy_n(bias, out.size(), out.begin());
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (x[i] == 0) continue;
        const float* const line = weights + i * out.size();
        for (std::size_t j = 0; j < out.size(); ++j) out[j] += x[i] * line[j];
    }
}

}  // namespace

SharedPath::SharedPath(const SharedShape& shape, Task task, const std::vector<NetworkParameters>& networks)
    : shape_(shape),
      task_(task),
      networks_(networks),
      steps_(networks.size(), std::vector<float>(layer_size())),
      after_(networks.size(), std::vector<std::vector<float>>(shape.layers, std::vector<float>(layer_size()))),
      outputs_(runners() * shape.outputs),
      slopes_(networks.size() * shape.outputs, std::vector<float>(layer_size())),
      by_outputs_(runners() * shape.outputs * shape.outputs),
      shares_(shape.outputs),
      above_(layer_size()),
      below_(layer_size()),
      nothing_(shape.hidden) {
    for (const NetworkParameters& parts : networks) {
        auto& layers = turned_.emplace_back();
        for (std::size_t layer = 1; layer < shape.layers; ++layer)
            layers.push_back(turned(parts[layer].weights, shape.hidden));
    }
}

std::vector<double> SharedPath::base() { return links_at(0); }

void SharedPath::take_row(std::vector<float> row) {
    row_ = std::move(row);
    const std::size_t hidden = shape_.hidden;
    for (std::size_t network = 0; network < networks_.size(); ++network) {
        const std::vector<float> sums = constant_sums(shape_, networks_[network][0], row_);
        const float* sign = networks_[network][shape_.sign_part()].weights.data();
        std::ranges::fill(steps_[network], 0.0F);
        for (std::size_t member = 0; member < shape_.members; ++member) {
            float* const step = steps_[network].data() + member * hidden;
            for (std::size_t group = 0; group < shape_.groups(); ++group, ++sign) {
                for (std::size_t j = 0; j < hidden; ++j) step[j] += *sign * sums[group * hidden + j];
            }
        }
    }
}

void SharedPath::run(std::size_t network, float fraction) {
    const NetworkParameters& parts = networks_[network];
    const std::size_t hidden = shape_.hidden, width = shape_.outputs;
    std::vector<std::vector<float>>& after = after_[network];
    for (std::size_t i = 0; i < layer_size(); ++i)
        after[0][i] = std::max(0.0F, parts[0].bias[i % hidden] + (fraction > 0 ? fraction * steps_[network][i] : 0));
    for (std::size_t layer = 1; layer < shape_.layers; ++layer) {
        exact_kernels().dense_rows(shape_.members, hidden, hidden, after[layer - 1].data(), parts[layer].weights.data(),
                                   parts[layer].bias.data(), after[layer].data());
        for (float& cell : after[layer]) cell = std::max(0.0F, cell);
    }
    const LayerParameters& last = parts[shape_.output_part()];
    for (std::size_t member = 0; member < shape_.members; ++member) {
        const auto out = std::span(outputs_).subspan((network * shape_.members + member) * width, width);
        multiply_add(last.weights.data() + member * hidden * width, last.bias.data() + member * width,
                     std::span(after.back()).subspan(member * hidden, hidden), out);
        for (float& output : out) output = bounded_link(output);
    }
}

std::vector<double> SharedPath::links_at(float fraction) {
    for (std::size_t network = 0; network < networks_.size(); ++network) run(network, fraction);
    std::vector<float> links(shape_.outputs);
    std::vector<double> shares(2 * std::max<std::size_t>(shape_.outputs, 2));
    pool_members(task_, outputs_.data(), runners(), shape_.outputs, links, shares);
    return {links.begin(), links.end()};
}

void SharedPath::integrate() {
    static const Quadrature quadrature(points_of_shared_path);
    for (std::vector<float>& slopes : slopes_) std::ranges::fill(slopes, 0.0F);
    for (std::size_t t = 0; t < points_of_shared_path; ++t)
        add_point(static_cast<float>(quadrature.at[t]), quadrature.weight[t]);
}

void SharedPath::add_point(float fraction, double weight) {
    const std::vector<double> pooled = links_at(fraction);
    const std::size_t squared = shape_.outputs * shape_.outputs;
    for (std::size_t runner = 0; runner < runners(); ++runner)
        write_slopes_of(runner, pooled, weight, std::span(by_outputs_).subspan(runner * squared, squared));
    for (std::size_t network = 0; network < networks_.size(); ++network) {
        const auto own = std::span(by_outputs_).subspan(network * shape_.members * squared, shape_.members * squared);
        for (std::size_t k = 0; k < shape_.outputs; ++k) add_slopes(network, k, own);
    }
}

// Of each pooled link by each output of one member, links x outputs, times the point's weight.
void SharedPath::write_slopes_of(std::size_t runner, std::span<const double> pooled, double weight,
                                 std::span<double> slopes) {
    const std::size_t width = shape_.outputs;
    const auto count = static_cast<double>(runners());
    const std::span<const float> own(outputs_.data() + runner * width, width);
    if (task_ == Task::regression) {
        slopes[0] = weight / count;
    } else if (width == 1) {
        const double spread = std::max(sigmoid(pooled[0]) * sigmoid(-pooled[0]), least_share);
        slopes[0] = weight * (sigmoid(own[0]) * sigmoid(-double{own[0]}) / spread / count);
    } else {
        write_probabilities(own, 1, shares_);
        for (std::size_t k = 0; k < width; ++k) {
            const double part = weight * (shares_[k] / std::max(std::exp(pooled[k]), least_share) / count);
            for (std::size_t j = 0; j < width; ++j) slopes[k * width + j] = part * ((k == j ? 1 : 0) - shares_[j]);
        }
    }
}

// Back through the layers that run() left, of link k by all members of a network.
void SharedPath::add_slopes(std::size_t network, std::size_t k, std::span<const double> by_outputs) {
    const std::size_t hidden = shape_.hidden, width = shape_.outputs;
    const std::vector<std::vector<float>>& after = after_[network];
    const float* last = networks_[network][shape_.output_part()].weights.data();
    std::ranges::fill(above_, 0.0F);
    for (std::size_t i = 0; i < layer_size(); ++i, last += width) {
        const double* const slopes = by_outputs.data() + (i / hidden * width + k) * width;
        for (std::size_t j = 0; j < width; ++j) above_[i] += static_cast<float>(slopes[j]) * last[j];
    }
    for (std::size_t layer = shape_.layers - 1; layer > 0; --layer) {
        exact_kernels().relu_backward(above_.size(), after[layer].data(), above_.data());
        exact_kernels().dense_rows(shape_.members, hidden, hidden, above_.data(), turned_[network][layer - 1].data(),
                                   nothing_.data(), below_.data());
        above_.swap(below_);
    }
    exact_kernels().relu_backward(above_.size(), after[0].data(), above_.data());
    std::vector<float>& sum = slopes_[network * width + k];
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += above_[i];
}

void SharedPath::write_parts(std::size_t k, std::span<double> parts) const {
    std::ranges::fill(parts, 0.0);
    std::vector<float> sum(shape_.hidden);
    for (std::size_t network = 0; network < networks_.size(); ++network) {
        const float* const sign = networks_[network][shape_.sign_part()].weights.data();
        const float* line = networks_[network][0].weights.data();
        for (std::size_t group = 0; group < shape_.groups(); ++group) {
            std::ranges::fill(sum, 0.0F);
            for (std::size_t m = 0; m < shape_.members; ++m) {
                const float* const slopes = slopes_[network * shape_.outputs + k].data() + m * shape_.hidden;
                const float factor = sign[m * shape_.groups() + group];
                for (std::size_t j = 0; j < sum.size(); ++j) sum[j] += factor * slopes[j];
            }
            for (std::size_t input = shape_.starts[group]; input < shape_.starts[group + 1]; ++input, line += sum.size()) {
                float slope = 0;
                for (std::size_t j = 0; j < sum.size(); ++j) slope += line[j] * sum[j];
                parts[input] += double{row_[input]} * slope;
            }
        }
    }
}

}  // namespace mml
