// SPDX-License-Identifier: Apache-2.0
#include "learners/network/network_pass.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/index.hpp"
#include "learners/network/network.hpp"
#include "learners/network/sgemm.hpp"

namespace mml {

NetworkPass::NetworkPass(const NetworkData& data, std::size_t most_rows)
    : data_(data),
      kernel_(kernels()),
      transposer_(data.shape.inputs()),
      sums_(data.shape.groups() * most_rows * data.shape.hidden),
      hidden_(data.shape.layers, std::vector<float>(data.shape.members * most_rows * data.shape.hidden)),
      mask_(data.shape.layers),
      outputs_(data.shape.members * most_rows * data.shape.outputs) {
    const SharedShape& shape = data.shape;
    upper_gradient_.resize(shape.members * most_rows * std::max(shape.hidden, shape.outputs));
    lower_gradient_.resize(upper_gradient_.size());
    weight_gradient_.resize(std::max(
        {shape.hidden * shape.hidden, shape.weight_count(shape.output_part()), shape.weight_count(shape.sign_part())}));
    bias_gradient_.resize(std::max(shape.hidden, shape.bias_count(shape.output_part())));
    for (std::size_t group = 0; group < shape.groups(); ++group)
        group_of_input_.resize(shape.starts[group + 1], narrowed<std::uint32_t>(group));
}

const float* NetworkPass::forward(const NetworkParameters& parameters, std::span<const std::int32_t> rows) {
    take_rows(rows);
    first_layer(parameters);
    later_layers(parameters, false);
    return outputs_.data();
}

const float* NetworkPass::forward_dropped(const NetworkParameters& parameters, std::span<const std::int32_t> rows,
                                          double dropout, RandomStream& random) {
    take_rows(rows);
    dropped_ = dropout > 0;
    if (dropped_) draw_mask(dropout, random);
    first_layer(parameters);
    later_layers(parameters, dropped_);
    return outputs_.data();
}

void NetworkPass::take_rows(std::span<const std::int32_t> rows) {
    count_ = rows.size();
    first_cell_.resize(count_);
    last_cell_.resize(count_);
    if (data_.encoded.rows() > 0) {
        for (std::size_t i = 0; i < count_; ++i) take_row(data_.encoded, as_size(rows[i]), i);
        group_cells(data_.encoded);
        return;
    }
    batch_.clear();
    data_.encoder.encode(data_.set.features, rows, batch_);
    for (std::size_t i = 0; i < count_; ++i) take_row(batch_, i, i);
    group_cells(batch_);
}

// Its cells are wanted soon, and lie anywhere in a large table.
void NetworkPass::take_row(const EncodedRows& from, std::size_t row, std::size_t place) {
    first_cell_[place] = from.starts[row];
    last_cell_[place] = from.starts[row + 1];
    for (std::size_t cell = first_cell_[place]; cell < last_cell_[place]; cell += 16) {
        __builtin_prefetch(from.columns.data() + cell);
        __builtin_prefetch(from.values.data() + cell);
    }
}

// Counted first, then put in their places. Cell by cell, without asking how many a group has: processors could not guess
// that.
void NetworkPass::group_cells(const EncodedRows& from) {
    const std::size_t cells = data_.shape.groups() * count_;
    grouped_.starts.assign(cells + 2, 0);
    std::size_t* const counts = grouped_.starts.data() + 2;
    for (std::size_t row = 0; row < count_; ++row) {
        for (std::size_t cell = first_cell_[row]; cell < last_cell_[row]; ++cell)
            ++counts[group_of_input_[from.columns[cell]] * count_ + row];
    }
    std::partial_sum(counts, counts + cells, counts);
    grouped_.columns.resize(grouped_.starts.back());
    grouped_.values.resize(grouped_.starts.back());
    std::size_t* const next = grouped_.starts.data() + 1;  // which ends as the next one's start
    for (std::size_t row = 0; row < count_; ++row) {
        for (std::size_t cell = first_cell_[row]; cell < last_cell_[row]; ++cell) {
            const std::size_t to = next[group_of_input_[from.columns[cell]] * count_ + row]++;
            grouped_.columns[to] = from.columns[cell];
            grouped_.values[to] = from.values[cell];
        }
    }
    grouped_.starts.pop_back();
}

void NetworkPass::first_layer(const NetworkParameters& parameters) {
    const SharedShape& shape = data_.shape;
    const LayerParameters& first = parameters[0];
    const std::vector<float> constant = constant_sums(shape, first, data_.encoder.constant());
    for (std::size_t group = 0; group < shape.groups(); ++group) {
        const SparseBatch batch{grouped_.starts.data() + group * count_, grouped_.columns.data(), grouped_.values.data(),
                                count_};
        kernel_.sparse_forward(batch, first.weights.data(), constant.data() + group * shape.hidden, shape.hidden,
                               sums_.data() + group * count_ * shape.hidden);
    }
    multiply_groups(parameters);
    kernel_.relu_forward(lines(), shape.hidden, first.bias.data(), hidden(0));
}

// oneDNN multiplies no empty matrices: without any column that varies there are no groups.
void NetworkPass::multiply_groups(const NetworkParameters& parameters) {
    const SharedShape& shape = data_.shape;
    if (shape.groups() == 0) {
        std::fill_n(hidden(0), lines() * shape.hidden, 0.0F);
        return;
    }
    multiply_matrices(false, false, shape.members, count_ * shape.hidden, shape.groups(),
                      parameters[shape.sign_part()].weights.data(), sums_.data(), 0, hidden(0));
}

void NetworkPass::later_layers(const NetworkParameters& parameters, bool drop) {
    const SharedShape& shape = data_.shape;
    if (drop) drop_units(0);
    for (std::size_t layer = 1; layer < shape.layers; ++layer) {
        const LayerParameters& here = parameters[layer];
        multiply_matrices(false, false, lines(), shape.hidden, shape.hidden, hidden(layer - 1), here.weights.data(), 0,
                          hidden(layer));
        kernel_.relu_forward(lines(), shape.hidden, here.bias.data(), hidden(layer));
        if (drop) drop_units(layer);
    }
    const LayerParameters& last = parameters[shape.output_part()];
    for (std::size_t member = 0; member < shape.members; ++member) {
        kernel_.dense_rows(count_, shape.hidden, shape.outputs, hidden(shape.layers - 1) + member * count_ * shape.hidden,
                           last.weights.data() + member * shape.hidden * shape.outputs,
                           last.bias.data() + member * shape.outputs, outputs_.data() + member * count_ * shape.outputs);
    }
}

void NetworkPass::draw_mask(double dropout, RandomStream& random) {
    // Shares of 1/256 are fine enough for a rate that is itself a guess, and eight units share one draw.
    const auto threshold = narrowed<std::uint64_t>(std::lround(dropout * 256));
    const float kept = 256.0F / (256.0F - static_cast<float>(threshold));
    for (auto& mask : mask_) {
        const std::size_t size = lines() * data_.shape.hidden;
        mask.resize(size);
        std::uint64_t bits = 0;
        for (std::size_t i = 0; i < size; ++i, bits >>= 8U) {
            if (i % 8 == 0) bits = random.next();
            mask[i] = (bits & 255U) < threshold ? 0.0F : kept;
        }
    }
}

void NetworkPass::drop_units(std::size_t layer) {
    kernel_.multiply(lines() * data_.shape.hidden, mask_[layer].data(), hidden(layer));
}

void NetworkPass::backward(const NetworkParameters& parameters, const float* output_gradient, NetworkUpdate& update) {
    output_backward(parameters, output_gradient, update);
    for (std::size_t layer = data_.shape.layers; layer-- > 0;) {
        const std::size_t size = lines() * data_.shape.hidden;
        if (dropped_) kernel_.multiply(size, mask_[layer].data(), upper_gradient_.data());
        kernel_.relu_backward(size, hidden(layer), upper_gradient_.data());
        if (layer > 0) layer_backward(parameters, layer, update);
    }
    first_layer_backward(parameters, update);
}

// Each member's own layer.
void NetworkPass::output_backward(const NetworkParameters& parameters, const float* gradient, NetworkUpdate& update) {
    const SharedShape& shape = data_.shape;
    const std::size_t width = shape.outputs;
    const std::size_t part = shape.output_part();
    for (std::size_t member = 0; member < shape.members; ++member) {
        const float* const own = gradient + member * count_ * width;
        const std::size_t offset = member * count_ * shape.hidden;
        const std::size_t weights = member * shape.hidden * width;
        output_gradients(hidden(shape.layers - 1) + offset, own, parameters[part].weights.data() + weights,
                         weight_gradient_.data() + weights, upper_gradient_.data() + offset);
        kernel_.column_sums(count_, width, own, bias_gradient_.data() + member * width);
    }
    update.weights(part, weight_gradient_.data());
    update.bias(part, bias_gradient_.data());
}

// Of one member, by the weights and by the last hidden units. One output is too little for two products.
void NetworkPass::output_gradients(const float* units, const float* gradient, const float* weights, float* by_weights,
                                   float* by_units) {
    const std::size_t inputs = data_.shape.hidden, width = data_.shape.outputs;
    if (width == 1) {
        kernel_.single_backward(count_, inputs, units, gradient, weights, by_weights, by_units);
        return;
    }
    multiply_matrices(true, false, inputs, width, count_, units, gradient, 0, by_weights);
    multiply_matrices(false, true, count_, inputs, width, gradient, weights, 0, by_units);
}

void NetworkPass::layer_backward(const NetworkParameters& parameters, std::size_t layer, NetworkUpdate& update) {
    const std::size_t width = data_.shape.hidden;
    multiply_matrices(true, false, width, width, lines(), hidden(layer - 1), upper_gradient_.data(), 0,
                      weight_gradient_.data());
    multiply_matrices(false, true, lines(), width, width, upper_gradient_.data(), parameters[layer].weights.data(), 0,
                      lower_gradient_.data());
    kernel_.column_sums(lines(), width, upper_gradient_.data(), bias_gradient_.data());
    update.weights(layer, weight_gradient_.data());
    update.bias(layer, bias_gradient_.data());
    std::swap(upper_gradient_, lower_gradient_);
}

// The gradient by the groups' sums is one product for all members; from there on the layer is as wide as one of them.
void NetworkPass::first_layer_backward(const NetworkParameters& parameters, NetworkUpdate& update) {
    const SharedShape& shape = data_.shape;
    const std::size_t width = shape.hidden, block = count_ * width, signs = shape.sign_part();
    kernel_.column_sums(lines(), width, upper_gradient_.data(), bias_gradient_.data());
    update.bias(0, bias_gradient_.data());
    if (shape.groups() == 0) return;
    multiply_matrices(false, true, shape.members, shape.groups(), block, upper_gradient_.data(), sums_.data(), 0,
                      weight_gradient_.data());
    multiply_matrices(true, false, shape.groups(), block, shape.members, parameters[signs].weights.data(),
                      upper_gradient_.data(), 0, sums_.data());
    update.weights(signs, weight_gradient_.data());
    const TransposedBatch batch = transposer_.transpose(grouped_, count_);
    for (std::size_t group = 0; group < shape.groups(); ++group) {
        const std::size_t first = shape.starts[group];
        const float* const gradient = sums_.data() + group * block;
        kernel_.column_sums(count_, width, gradient, bias_gradient_.data());
        update.columns(first, {{batch.starts + first, batch.rows, batch.values},
                               shape.starts[group + 1] - first,
                               data_.encoder.constant().data() + first,
                               bias_gradient_.data(),
                               gradient});
    }
}

}  // namespace mml
