// SPDX-License-Identifier: Apache-2.0
#include "ensemble/shared_path.hpp"

#include <algorithm>
#include <cmath>

#include "ensemble/contributions.hpp"
#include "ensemble/pool.hpp"

namespace mml {

namespace {

// Between kinks of the ReLUs the gradient is smooth; what the points miss at the kinks is shared out by the caller.
constexpr std::size_t points_of_shared_path = 16;
constexpr double least_share = 1e-300;

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
      steps_(runners(), std::vector<float>(shape.hidden)),
      after_(shape.layers, std::vector<float>(shape.hidden)),
      outputs_(runners() * shape.outputs),
      slopes_(runners(), std::vector<float>(shape.outputs * shape.hidden)),
      above_(shape.hidden),
      below_(shape.hidden) {}

std::vector<double> SharedPath::base() { return links_at(0); }

void SharedPath::take_row(std::vector<float> row) {
    row_ = std::move(row);
    const std::size_t hidden = shape_.hidden;
    std::vector<float> sums(shape_.groups() * hidden);
    for (std::size_t network = 0; network < networks_.size(); ++network) {
        sums = constant_sums(shape_, networks_[network][0], row_);
        const float* sign = networks_[network][shape_.sign_part()].weights.data();
        for (std::size_t member = 0; member < shape_.members; ++member) {
            std::vector<float>& step = steps_[network * shape_.members + member];
            std::ranges::fill(step, 0.0F);
            for (std::size_t group = 0; group < shape_.groups(); ++group, ++sign) {
                for (std::size_t j = 0; j < hidden; ++j) step[j] += *sign * sums[group * hidden + j];
            }
        }
    }
}

void SharedPath::run(std::size_t network, std::size_t member, float share) {
    const NetworkParameters& parts = networks_[network];
    const std::size_t runner = network * shape_.members + member;
    const std::size_t hidden = shape_.hidden, width = shape_.outputs;
    for (std::size_t j = 0; j < hidden; ++j)
        after_[0][j] = std::max(0.0F, parts[0].bias[j] + (share > 0 ? share * steps_[runner][j] : 0));
    for (std::size_t layer = 1; layer < shape_.layers; ++layer) {
        multiply_add(parts[layer].weights.data(), parts[layer].bias.data(), after_[layer - 1], after_[layer]);
        for (float& cell : after_[layer]) cell = std::max(0.0F, cell);
    }
    const LayerParameters& last = parts[shape_.output_part()];
    const auto out = std::span(outputs_).subspan(runner * width, width);
    multiply_add(last.weights.data() + member * hidden * width, last.bias.data() + member * width, after_.back(), out);
    for (float& output : out) output = bounded_link(output);
}

std::vector<double> SharedPath::links_at(float share) {
    for (std::size_t network = 0; network < networks_.size(); ++network)
        for (std::size_t member = 0; member < shape_.members; ++member) run(network, member, share);
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

void SharedPath::add_point(float share, double weight) {
    const std::vector<double> pooled = links_at(share);
    for (std::size_t network = 0; network < networks_.size(); ++network) {
        for (std::size_t member = 0; member < shape_.members; ++member) {
            std::vector<double> by_outputs = slopes_of(network * shape_.members + member, pooled);
            for (double& slope : by_outputs) slope *= weight;
            run(network, member, share);
            add_slopes(network, member, by_outputs);
        }
    }
}

// Of each pooled link by each output of one member, links x outputs.
std::vector<double> SharedPath::slopes_of(std::size_t runner, std::span<const double> pooled) const {
    const std::size_t width = shape_.outputs;
    const auto count = static_cast<double>(runners());
    if (task_ == Task::regression) return {1 / count};
    const std::span<const float> own(outputs_.data() + runner * width, width);
    if (width == 1) {
        const double spread = std::max(sigmoid(pooled[0]) * sigmoid(-pooled[0]), least_share);
        return {sigmoid(own[0]) * sigmoid(-double{own[0]}) / spread / count};
    }
    std::vector<double> shares(width), slopes(width * width);
    write_probabilities(own, 1, shares);
    for (std::size_t k = 0; k < width; ++k) {
        const double part = shares[k] / std::max(std::exp(pooled[k]), least_share) / count;
        for (std::size_t j = 0; j < width; ++j) slopes[k * width + j] = part * ((k == j ? 1 : 0) - shares[j]);
    }
    return slopes;
}

// Back through the layers that run() left, for each link.
void SharedPath::add_slopes(std::size_t network, std::size_t member, std::span<const double> by_outputs) {
    const NetworkParameters& parts = networks_[network];
    const std::size_t hidden = shape_.hidden, width = shape_.outputs;
    const float* const last = parts[shape_.output_part()].weights.data() + member * hidden * width;
    for (std::size_t k = 0; k < width; ++k) {
        for (std::size_t i = 0; i < hidden; ++i) {
            above_[i] = 0;
            for (std::size_t j = 0; j < width; ++j)
                above_[i] += static_cast<float>(by_outputs[k * width + j]) * last[i * width + j];
        }
        for (std::size_t layer = shape_.layers - 1; layer > 0; --layer) {
            for (std::size_t j = 0; j < hidden; ++j) above_[j] = after_[layer][j] > 0 ? above_[j] : 0;
            for (std::size_t i = 0; i < hidden; ++i) {
                const float* const line = parts[layer].weights.data() + i * hidden;
                below_[i] = 0;
                for (std::size_t j = 0; j < hidden; ++j) below_[i] += line[j] * above_[j];
            }
            above_.swap(below_);
        }
        float* const slopes = slopes_[network * shape_.members + member].data() + k * hidden;
        for (std::size_t j = 0; j < hidden; ++j) slopes[j] += after_[0][j] > 0 ? above_[j] : 0;
    }
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
                const float* const slopes = slopes_[network * shape_.members + m].data() + k * shape_.hidden;
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
