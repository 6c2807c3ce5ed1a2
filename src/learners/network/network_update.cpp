// SPDX-License-Identifier: Apache-2.0
#include "learners/network/network_update.hpp"

#include <algorithm>
#include <utility>

#include "learners/network/initial_parameters.hpp"

namespace mml {

OptimiserState::OptimiserState(const SharedShape& shape, NetworkParameters start)
    : weights(std::move(start)), first(zero_parameters(shape)), second(zero_parameters(shape)), average(weights) {}

AdamState OptimiserState::of_weights(std::size_t part, std::size_t offset) {
    return {weights[part].weights.data() + offset, first[part].weights.data() + offset, second[part].weights.data() + offset,
            average[part].weights.data() + offset};
}

AdamState OptimiserState::of_bias(std::size_t part) {
    return {weights[part].bias.data(), first[part].bias.data(), second[part].bias.data(), average[part].bias.data()};
}

NetworkStep::NetworkStep(const SharedShape& shape, OptimiserState& state, const AdamStep& step, const AdamStep& bias_step)
    : kernel_(kernels()), shape_(shape), state_(state), weight_step_(step), bias_step_(bias_step), scratch_(shape.hidden) {}

void NetworkStep::weights(std::size_t part, const float* gradient) {
    const AdamStep& step = part == shape_.sign_part() ? bias_step_ : weight_step_;
    kernel_.adam(shape_.weight_count(part), gradient, step, state_.of_weights(part));
}

void NetworkStep::bias(std::size_t part, const float* gradient) {
    kernel_.adam(shape_.bias_count(part), gradient, bias_step_, state_.of_bias(part));
}

void NetworkStep::columns(std::size_t first, const SparseGradient& gradient) {
    kernel_.sparse_adam(gradient.batch, gradient.columns, gradient.constant, gradient.total, gradient.gradient,
                        shape_.hidden, weight_step_, state_.of_weights(0, first * shape_.hidden), scratch_.data());
}

WholeGradient::WholeGradient(const SharedShape& shape) : kernel_(kernels()), shape_(shape) {
    std::size_t size = 0;
    for (std::size_t part = 0; part < shape.parts(); ++part) {
        starts_.push_back(size);
        size += shape.weight_count(part) + shape.bias_count(part);
    }
    values_.resize(size);
}

void WholeGradient::weights(std::size_t part, const float* gradient) {
    std::copy_n(gradient, shape_.weight_count(part), values_.data() + starts_[part]);
}

void WholeGradient::bias(std::size_t part, const float* gradient) {
    std::copy_n(gradient, shape_.bias_count(part), values_.data() + starts_[part] + shape_.weight_count(part));
}

void WholeGradient::columns(std::size_t first, const SparseGradient& gradient) {
    kernel_.sparse_gradient(gradient.batch, gradient.columns, gradient.constant, gradient.total, gradient.gradient,
                            shape_.hidden, values_.data() + starts_[0] + first * shape_.hidden);
}

void WholeGradient::clear() { std::ranges::fill(values_, 0.0F); }

void WholeGradient::give_to(NetworkUpdate& update) const {
    for (std::size_t part = 0; part < shape_.parts(); ++part) {
        const float* const gradient = values_.data() + starts_[part];
        update.weights(part, gradient);
        update.bias(part, gradient + shape_.weight_count(part));
    }
}

}  // namespace mml
