// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.hpp"
#include "ensemble/kernels/kernels.hpp"
#include "learners/network/network_batch.hpp"
#include "learners/network/network_training.hpp"
#include "learners/network/network_update.hpp"

namespace mml {

/// Forward and backward passes over one batch, with the memory that they need. One a training thread. Members stand one
/// after the other, each with all rows of the batch, so that a shared layer is one large product.
class NetworkPass {
public:
    NetworkPass(const NetworkData& data, std::size_t most_rows);

    /// Outputs of each member for these rows, members x rows x outputs, by plain inference; valid until the next call.
    const float* forward(const NetworkParameters& parameters, std::span<const std::int32_t> rows);

    /// As forward(), with hidden units dropped at random: each is kept and divided by 1 - dropout, or 0.
    const float* forward_dropped(const NetworkParameters& parameters, std::span<const std::int32_t> rows, double dropout,
                                 RandomStream& random);

    /// After forward_dropped() with the same parameters: gives `update` the gradient of every part, the last first. It may
    /// change a part's weights as soon as it has them.
    void backward(const NetworkParameters& parameters, const float* output_gradient, NetworkUpdate& update);

private:
    void take_rows(std::span<const std::int32_t> rows);
    void take_row(const EncodedRows& from, std::size_t row, std::size_t place);
    void group_cells(const EncodedRows& from);
    void first_layer(const NetworkParameters& parameters);
    void multiply_groups(const NetworkParameters& parameters);
    void later_layers(const NetworkParameters& parameters, bool drop);
    void draw_mask(double dropout, RandomStream& random);
    void drop_units(std::size_t layer);
    void output_backward(const NetworkParameters& parameters, const float* gradient, NetworkUpdate& update);
    void output_gradients(const float* units, const float* gradient, const float* weights, float* by_weights,
                          float* by_units);
    void layer_backward(const NetworkParameters& parameters, std::size_t layer, NetworkUpdate& update);
    void first_layer_backward(const NetworkParameters& parameters, NetworkUpdate& update);
    float* hidden(std::size_t layer) { return hidden_[layer].data(); }
    std::size_t lines() const { return data_.shape.members * count_; }  ///< rows of all members

    const NetworkData& data_;
    const Kernels& kernel_;
    BatchTransposer transposer_;
    EncodedRows batch_;  ///< where rows are encoded for the batch
    std::size_t count_ = 0;
    bool dropped_ = false;
    std::vector<std::uint32_t> group_of_input_;
    EncodedRows grouped_;                              ///< the batch's cells, group by group
    std::vector<std::size_t> first_cell_, last_cell_;  ///< of each row, where its cells come from
    std::vector<float> sums_;                          ///< groups x rows x hidden, of the first layer; then their gradient
    std::vector<std::vector<float>> hidden_;           ///< after each hidden layer
    std::vector<std::vector<float>> mask_;             ///< dropout's factors
    std::vector<float> outputs_;
    std::vector<float> upper_gradient_, lower_gradient_, weight_gradient_, bias_gradient_;
};

}  // namespace mml
