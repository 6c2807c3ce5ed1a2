// SPDX-License-Identifier: Apache-2.0
#include "ensemble/network_gradient.hpp"

#include <algorithm>

#include "ensemble/contributions.hpp"

namespace mml {

namespace {

// Between kinks of the ReLUs the gradient is smooth; what the points miss at the kinks is shared out by the caller.
constexpr std::size_t points_of_path = 16;

// out = bias + x * weights
void multiply(const LayerParameters& layer, std::span<const float> x, std::span<float> out) {
    std::ranges::copy(layer.bias, out.begin());
    const std::size_t width = out.size();
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (x[i] == 0) continue;
        const float* const weights = layer.weights.data() + i * width;
        for (std::size_t j = 0; j < width; ++j) out[j] += x[i] * weights[j];
    }
}

}  // namespace

NetworkGradient::NetworkGradient(const NetworkShape& shape, const NetworkParameters& layers)
    : shape_(shape),
      layers_(layers),
      hidden_(shape.hidden),
      after_(shape.layers, std::vector<float>(hidden_)),
      outputs_(shape.outputs),
      gradient_(outputs_.size() * 2 * hidden_),
      sums_(2 * hidden_),
      above_(hidden_),
      below_(hidden_) {}

void NetworkGradient::forward(std::span<const float> sums) {
    for (std::size_t j = 0; j < hidden_; ++j) after_[0][j] = std::max(0.0F, sums[j]) * (1 + sums[hidden_ + j]);
    for (std::size_t number = 1; number < after_.size(); ++number) {
        multiply(layers_[number], after_[number - 1], after_[number]);
        for (float& cell : after_[number]) cell = std::max(0.0F, cell);
    }
}

std::vector<double> NetworkGradient::outputs(std::span<const float> sums) {
    forward(sums);
    multiply(layers_[shape_.layers], after_.back(), outputs_);
    return {outputs_.begin(), outputs_.end()};
}

std::span<const float> NetworkGradient::mean_gradient(std::span<const float> from, std::span<const float> step) {
    static const Quadrature quadrature(points_of_path);
    std::ranges::fill(gradient_, 0.0F);
    for (std::size_t t = 0; t < points_of_path; ++t) {
        const auto at = static_cast<float>(quadrature.at[t]);
        for (std::size_t j = 0; j < sums_.size(); ++j) sums_[j] = from[j] + at * step[j];
        forward(sums_);
        add_gradient(sums_, static_cast<float>(quadrature.weight[t]));
    }
    return gradient_;
}

void NetworkGradient::add_gradient(std::span<const float> sums, float weight) {
    const std::size_t outputs = outputs_.size();
    const LayerParameters& last = layers_[shape_.layers];
    for (std::size_t k = 0; k < outputs; ++k) {
        for (std::size_t i = 0; i < hidden_; ++i) above_[i] = last.weights[i * outputs + k];
        for (std::size_t number = after_.size() - 1; number > 0; --number) {
            for (std::size_t j = 0; j < hidden_; ++j) above_[j] = after_[number][j] > 0 ? above_[j] : 0;
            for (std::size_t i = 0; i < hidden_; ++i) {
                const float* const weights = layers_[number].weights.data() + i * hidden_;
                float sum = 0;
                for (std::size_t j = 0; j < hidden_; ++j) sum += weights[j] * above_[j];
                below_[i] = sum;
            }
            above_.swap(below_);
        }
        float* const gradient = gradient_.data() + k * 2 * hidden_;
        for (std::size_t j = 0; j < hidden_; ++j) {
            if (sums[j] <= 0) continue;
            gradient[j] += weight * above_[j] * (1 + sums[hidden_ + j]);
            gradient[hidden_ + j] += weight * above_[j] * sums[j];
        }
    }
}

}  // namespace mml
