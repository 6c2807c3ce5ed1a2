// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.hpp"
#include "ensemble/kernels/kernels.hpp"
#include "learners/network/network_batch.hpp"
#include "learners/network/network_training.hpp"

namespace mml {

/// AdamW's state of all layers.
struct OptimiserState {
    NetworkParameters weights, first, second, average;

    OptimiserState(const NetworkShape& shape, NetworkParameters start);
    AdamState of_weights(std::size_t layer);
    AdamState of_bias(std::size_t layer);
};

/// Forward and backward passes over one batch, with the memory that they need. One a training thread.
class NetworkPass {
public:
    NetworkPass(const NetworkData& data, std::size_t most_rows);

    /// Links of these rows, outputs each, by plain inference; valid until the next call.
    const float* forward(const NetworkParameters& parameters, std::span<const std::int32_t> rows);

    /// As forward(), with hidden units dropped at random: each is kept and divided by 1 - dropout, or 0.
    const float* forward_dropped(const NetworkParameters& parameters, std::span<const std::int32_t> rows, double dropout,
                                 RandomStream& random);

    /// After forward_dropped(): takes the gradient by the links and makes one AdamW step on all parameters.
    void step(OptimiserState& state, const float* link_gradient, const AdamStep& weight_step, const AdamStep& bias_step);

private:
    void take_rows(std::span<const std::int32_t> rows);
    void first_layer(const NetworkParameters& parameters);
    void hidden_layers(const NetworkParameters& parameters, bool drop);
    void draw_mask(double dropout, RandomStream& random);
    void drop_units(std::size_t layer);
    void first_layer_step(OptimiserState& state, const AdamStep& weight_step, const AdamStep& bias_step);
    void expand_rows();
    float* hidden(std::size_t layer) { return hidden_[layer].data(); }

    const NetworkData& data_;
    const Kernels& kernel_;
    BatchTransposer transposer_;
    EncodedRows batch_;
    RowSpace row_space_;
    std::size_t count_ = 0;
    std::vector<float> dense_rows_;           ///< dense path: the batch's rows, expanded
    std::vector<float> pre_;                  ///< first layer before the gate
    std::vector<std::vector<float>> hidden_;  ///< after each hidden layer
    std::vector<std::vector<float>> mask_;    ///< dropout's factors
    std::vector<float> links_;
    std::vector<float> upper_gradient_, lower_gradient_, weight_gradient_, bias_gradient_, scratch_;
};

}  // namespace mml
