// SPDX-License-Identifier: Apache-2.0
#include "learners/network/network_pass.hpp"

#include <algorithm>
#include <cmath>

#include "base/index.hpp"
#include "learners/network/initial_parameters.hpp"
#include "learners/network/network.hpp"
#include "learners/network/sgemm.hpp"

namespace mml {

OptimiserState::OptimiserState(const NetworkShape& shape, NetworkParameters start)
    : weights(std::move(start)), first(zero_parameters(shape)), second(zero_parameters(shape)), average(weights) {}

AdamState OptimiserState::of_weights(std::size_t layer) {
    return {weights[layer].weights.data(), first[layer].weights.data(), second[layer].weights.data(),
            average[layer].weights.data()};
}

AdamState OptimiserState::of_bias(std::size_t layer) {
    return {weights[layer].bias.data(), first[layer].bias.data(), second[layer].bias.data(), average[layer].bias.data()};
}

NetworkPass::NetworkPass(const NetworkData& data, std::size_t most_rows)
    : data_(data),
      kernel_(kernels()),
      transposer_(data.shape.inputs),
      dense_rows_(data.dense ? most_rows * data.shape.inputs : 0),
      pre_(most_rows * 2 * data.shape.hidden),
      hidden_(data.shape.layers, std::vector<float>(most_rows * data.shape.hidden)),
      mask_(hidden_),
      links_(most_rows * data.shape.outputs) {
    const NetworkShape& shape = data.shape;
    upper_gradient_.resize(most_rows * std::max(shape.hidden, shape.outputs));
    lower_gradient_.resize(upper_gradient_.size());
    weight_gradient_.resize(std::max(
        {shape.hidden * shape.hidden, shape.hidden * shape.outputs, data.dense ? shape.weight_count(0) : std::size_t{0}}));
    bias_gradient_.resize(std::max(2 * shape.hidden, shape.outputs));
    scratch_.resize(2 * shape.hidden);
}

const float* NetworkPass::forward(const NetworkParameters& parameters, std::span<const std::int32_t> rows) {
    take_rows(rows);
    first_layer(parameters);
    hidden_layers(parameters, false);
    return links_.data();
}

const float* NetworkPass::forward_dropped(const NetworkParameters& parameters, std::span<const std::int32_t> rows,
                                          double dropout, RandomStream& random) {
    take_rows(rows);
    draw_mask(dropout, random);
    first_layer(parameters);
    hidden_layers(parameters, true);
    return links_.data();
}

void NetworkPass::take_rows(std::span<const std::int32_t> rows) {
    count_ = rows.size();
    batch_.clear();
    for (const std::int32_t number : rows) {
        const SparseRow row = data_.rows.row(number, row_space_);
        batch_.columns.insert(batch_.columns.end(), row.columns.begin(), row.columns.end());
        batch_.values.insert(batch_.values.end(), row.values.begin(), row.values.end());
        batch_.starts.push_back(batch_.values.size());
    }
}

void NetworkPass::first_layer(const NetworkParameters& parameters) {
    const std::size_t width = 2 * data_.shape.hidden;
    const LayerParameters& first = parameters[0];
    if (data_.dense) {
        expand_rows();
        for (std::size_t r = 0; r < count_; ++r) std::ranges::copy(first.bias, pre_.data() + r * width);
        multiply_matrices(false, false, count_, width, data_.shape.inputs, dense_rows_.data(), first.weights.data(), 1,
                          pre_.data());
    } else {
        const SparseBatch batch{batch_.starts.data(), batch_.columns.data(), batch_.values.data(), count_};
        kernel_.sparse_forward(batch, first.weights.data(), folded_bias(first, data_.constant).data(), width, pre_.data());
    }
    kernel_.gate_forward(count_, data_.shape.hidden, pre_.data(), hidden(0));
}

void NetworkPass::hidden_layers(const NetworkParameters& parameters, bool drop) {
    const NetworkShape& shape = data_.shape;
    if (drop) drop_units(0);
    for (std::size_t layer = 1; layer < shape.layers; ++layer) {
        const LayerParameters& here = parameters[layer];
        multiply_matrices(false, false, count_, shape.hidden, shape.hidden, hidden(layer - 1), here.weights.data(), 0,
                          hidden(layer));
        kernel_.relu_forward(count_, shape.hidden, here.bias.data(), hidden(layer));
        if (drop) drop_units(layer);
    }
    const LayerParameters& last = parameters.back();
    for (std::size_t r = 0; r < count_; ++r) {
        std::ranges::copy(last.bias, links_.data() + r * shape.outputs);
    }
    multiply_matrices(false, false, count_, shape.outputs, shape.hidden, hidden(shape.layers - 1), last.weights.data(), 1,
                      links_.data());
}

void NetworkPass::draw_mask(double dropout, RandomStream& random) {
    // Shares of 1/256 are fine enough for a rate that is itself a guess, and eight units share one draw.
    const auto threshold = narrowed<std::uint64_t>(std::lround(dropout * 256));
    const float kept = 256.0F / (256.0F - static_cast<float>(threshold));
    for (auto& mask : mask_) {
        const std::size_t size = count_ * data_.shape.hidden;
        std::uint64_t bits = 0;
        for (std::size_t i = 0; i < size; ++i, bits >>= 8U) {
            if (i % 8 == 0) bits = random.next();
            mask[i] = (bits & 255U) < threshold ? 0.0F : kept;
        }
    }
}

void NetworkPass::drop_units(std::size_t layer) {
    const std::size_t size = count_ * data_.shape.hidden;
    kernel_.multiply(size, mask_[layer].data(), hidden(layer));
}

void NetworkPass::step(OptimiserState& state, const float* link_gradient, const AdamStep& weight_step,
                       const AdamStep& bias_step) {
    const NetworkShape& shape = data_.shape;
    std::copy_n(link_gradient, count_ * shape.outputs, upper_gradient_.begin());
    for (std::size_t layer = shape.layers; layer >= 1; --layer) {
        const std::size_t width = shape.layer_outputs(layer);
        LayerParameters& here = state.weights[layer];
        multiply_matrices(true, false, shape.hidden, width, count_, hidden(layer - 1), upper_gradient_.data(), 0,
                          weight_gradient_.data());
        multiply_matrices(false, true, count_, shape.hidden, width, upper_gradient_.data(), here.weights.data(), 0,
                          lower_gradient_.data());
        kernel_.column_sums(count_, width, upper_gradient_.data(), bias_gradient_.data());
        kernel_.adam(shape.hidden * width, weight_gradient_.data(), weight_step, state.of_weights(layer));
        kernel_.adam(width, bias_gradient_.data(), bias_step, state.of_bias(layer));
        kernel_.multiply(count_ * shape.hidden, mask_[layer - 1].data(), lower_gradient_.data());
        if (layer > 1) kernel_.relu_backward(count_ * shape.hidden, hidden(layer - 1), lower_gradient_.data());
        std::swap(upper_gradient_, lower_gradient_);
    }
    kernel_.gate_backward(count_, shape.hidden, pre_.data(), upper_gradient_.data());
    first_layer_step(state, weight_step, bias_step);
}

void NetworkPass::first_layer_step(OptimiserState& state, const AdamStep& weight_step, const AdamStep& bias_step) {
    const std::size_t width = 2 * data_.shape.hidden;
    kernel_.column_sums(count_, width, pre_.data(), bias_gradient_.data());
    if (data_.dense) {
        multiply_matrices(true, false, data_.shape.inputs, width, count_, dense_rows_.data(), pre_.data(), 0,
                          weight_gradient_.data());
        kernel_.adam(data_.shape.inputs * width, weight_gradient_.data(), weight_step, state.of_weights(0));
    } else {
        const TransposedBatch batch = transposer_.transpose(batch_);
        kernel_.sparse_adam(batch, data_.shape.inputs, data_.constant.data(), bias_gradient_.data(), pre_.data(), width,
                            weight_step, state.of_weights(0), scratch_.data());
    }
    kernel_.adam(width, bias_gradient_.data(), bias_step, state.of_bias(0));
}

void NetworkPass::expand_rows() {
    const std::size_t inputs = data_.shape.inputs;
    for (std::size_t r = 0; r < count_; ++r) {
        float* out = dense_rows_.data() + r * inputs;
        std::ranges::copy(data_.constant, out);
        for (std::size_t i = batch_.starts[r]; i < batch_.starts[r + 1]; ++i) out[batch_.columns[i]] += batch_.values[i];
    }
}

}  // namespace mml
