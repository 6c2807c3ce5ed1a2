// SPDX-License-Identifier: Apache-2.0
#include "learners/network/network_pass.hpp"

#include <algorithm>
#include <cmath>

#include "learners/network/initial_parameters.hpp"
#include "learners/network/network.hpp"
#include "learners/network/sgemm.hpp"

namespace mml {

namespace {

std::size_t area(int rows, int columns) { return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns); }

}  // namespace

OptimiserState::OptimiserState(const NetworkShape& shape, NetworkParameters start)
    : weights(std::move(start)), first(zero_parameters(shape)), second(zero_parameters(shape)), average(weights) {}

AdamState OptimiserState::of_weights(int layer) {
    const auto i = static_cast<std::size_t>(layer);
    return {weights[i].weights.data(), first[i].weights.data(), second[i].weights.data(), average[i].weights.data()};
}

AdamState OptimiserState::of_bias(int layer) {
    const auto i = static_cast<std::size_t>(layer);
    return {weights[i].bias.data(), first[i].bias.data(), second[i].bias.data(), average[i].bias.data()};
}

NetworkPass::NetworkPass(const NetworkData& data, int most_rows)
    : data_(data),
      kernel_(kernels()),
      transposer_(data.shape.inputs),
      dense_rows_(data.dense ? area(most_rows, data.shape.inputs) : 0),
      pre_(area(most_rows, 2 * data.shape.hidden)),
      hidden_(static_cast<std::size_t>(data.shape.layers), std::vector<float>(area(most_rows, data.shape.hidden))),
      mask_(hidden_),
      links_(area(most_rows, data.shape.outputs)) {
    const NetworkShape& shape = data.shape;
    upper_gradient_.resize(area(most_rows, std::max(shape.hidden, shape.outputs)));
    lower_gradient_.resize(upper_gradient_.size());
    weight_gradient_.resize(std::max({area(shape.hidden, shape.hidden), area(shape.hidden, shape.outputs),
                                      data.dense ? shape.weight_count(0) : std::size_t{0}}));
    bias_gradient_.resize(static_cast<std::size_t>(std::max(2 * shape.hidden, shape.outputs)));
    scratch_.resize(2 * static_cast<std::size_t>(shape.hidden));
}

const float* NetworkPass::forward(const NetworkParameters& parameters, const std::int32_t* rows, int count) {
    take_rows(rows, count);
    first_layer(parameters);
    hidden_layers(parameters, false);
    return links_.data();
}

const float* NetworkPass::forward_dropped(const NetworkParameters& parameters, const std::int32_t* rows, int count,
                                          double dropout, RandomStream& random) {
    take_rows(rows, count);
    draw_mask(dropout, random);
    first_layer(parameters);
    hidden_layers(parameters, true);
    return links_.data();
}

void NetworkPass::take_rows(const std::int32_t* rows, int count) {
    count_ = count;
    batch_.clear();
    for (int r = 0; r < count; ++r) {
        const SparseRow row = data_.rows.row(rows[r], row_space_);
        batch_.columns.insert(batch_.columns.end(), row.columns.begin(), row.columns.end());
        batch_.values.insert(batch_.values.end(), row.values.begin(), row.values.end());
        batch_.starts.push_back(static_cast<std::int64_t>(batch_.values.size()));
    }
}

void NetworkPass::first_layer(const NetworkParameters& parameters) {
    const int width = 2 * data_.shape.hidden;
    const LayerParameters& first = parameters[0];
    if (data_.dense) {
        expand_rows();
        for (int r = 0; r < count_; ++r)
            std::ranges::copy(first.bias, pre_.begin() + r * static_cast<std::ptrdiff_t>(width));
        multiply_matrices(false, false, count_, width, data_.shape.inputs, dense_rows_.data(), first.weights.data(), 1,
                          pre_.data());
    } else {
        const SparseBatch batch{batch_.starts.data(), batch_.columns.data(), batch_.values.data(), nullptr, count_};
        kernel_.sparse_forward(batch, first.weights.data(), folded_bias(first, data_.constant).data(), width, pre_.data());
    }
    kernel_.gate_forward(count_, data_.shape.hidden, pre_.data(), hidden(0));
}

void NetworkPass::hidden_layers(const NetworkParameters& parameters, bool drop) {
    const NetworkShape& shape = data_.shape;
    if (drop) drop_units(0);
    for (int layer = 1; layer < shape.layers; ++layer) {
        const LayerParameters& here = parameters[static_cast<std::size_t>(layer)];
        multiply_matrices(false, false, count_, shape.hidden, shape.hidden, hidden(layer - 1), here.weights.data(), 0,
                          hidden(layer));
        kernel_.relu_forward(count_, shape.hidden, here.bias.data(), hidden(layer));
        if (drop) drop_units(layer);
    }
    const LayerParameters& last = parameters.back();
    for (int r = 0; r < count_; ++r) {
        std::ranges::copy(last.bias, links_.begin() + r * static_cast<std::ptrdiff_t>(shape.outputs));
    }
    multiply_matrices(false, false, count_, shape.outputs, shape.hidden, hidden(shape.layers - 1), last.weights.data(), 1,
                      links_.data());
}

void NetworkPass::draw_mask(double dropout, RandomStream& random) {
    // Shares of 1/256 are fine enough for a rate that is itself a guess, and eight units share one draw.
    const auto threshold = static_cast<std::uint64_t>(std::lround(dropout * 256));
    const float kept = 256.0F / (256.0F - static_cast<float>(threshold));
    for (auto& mask : mask_) {
        const std::size_t size = area(count_, data_.shape.hidden);
        std::uint64_t bits = 0;
        for (std::size_t i = 0; i < size; ++i, bits >>= 8U) {
            if (i % 8 == 0) bits = random.next();
            mask[i] = (bits & 255U) < threshold ? 0.0F : kept;
        }
    }
}

void NetworkPass::drop_units(int layer) {
    const int size = count_ * data_.shape.hidden;
    kernel_.multiply(size, mask_[static_cast<std::size_t>(layer)].data(), hidden(layer));
}

void NetworkPass::step(OptimiserState& state, const float* link_gradient, const AdamStep& weight_step,
                       const AdamStep& bias_step) {
    const NetworkShape& shape = data_.shape;
    std::copy_n(link_gradient, area(count_, shape.outputs), upper_gradient_.begin());
    for (int layer = shape.layers; layer >= 1; --layer) {
        const int width = shape.layer_outputs(layer);
        LayerParameters& here = state.weights[static_cast<std::size_t>(layer)];
        multiply_matrices(true, false, shape.hidden, width, count_, hidden(layer - 1), upper_gradient_.data(), 0,
                          weight_gradient_.data());
        multiply_matrices(false, true, count_, shape.hidden, width, upper_gradient_.data(), here.weights.data(), 0,
                          lower_gradient_.data());
        kernel_.column_sums(count_, width, upper_gradient_.data(), bias_gradient_.data());
        kernel_.adam(shape.hidden * width, weight_gradient_.data(), weight_step, state.of_weights(layer));
        kernel_.adam(width, bias_gradient_.data(), bias_step, state.of_bias(layer));
        kernel_.multiply(count_ * shape.hidden, mask_[static_cast<std::size_t>(layer - 1)].data(), lower_gradient_.data());
        if (layer > 1) kernel_.relu_backward(count_ * shape.hidden, hidden(layer - 1), lower_gradient_.data());
        std::swap(upper_gradient_, lower_gradient_);
    }
    kernel_.gate_backward(count_, shape.hidden, pre_.data(), upper_gradient_.data());
    first_layer_step(state, weight_step, bias_step);
}

void NetworkPass::first_layer_step(OptimiserState& state, const AdamStep& weight_step, const AdamStep& bias_step) {
    const int width = 2 * data_.shape.hidden;
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
    const auto inputs = static_cast<std::size_t>(data_.shape.inputs);
    for (int r = 0; r < count_; ++r) {
        float* out = dense_rows_.data() + static_cast<std::size_t>(r) * inputs;
        std::ranges::copy(data_.constant, out);
        const auto row = static_cast<std::size_t>(r);
        for (auto i = static_cast<std::size_t>(batch_.starts[row]); i < static_cast<std::size_t>(batch_.starts[row + 1]);
             ++i)
            out[batch_.columns[i]] += batch_.values[i];
    }
}

}  // namespace mml
