// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/ranks.hpp"
#include "ensemble/kernels/kernels.hpp"
#include "ensemble/shared_network.hpp"

namespace mml {

/// AdamW's state of all parts.
struct OptimiserState {
    NetworkParameters weights, first, second, average;

    OptimiserState(const SharedShape& shape, NetworkParameters start);
    AdamState of_weights(std::size_t part, std::size_t offset = 0);
    AdamState of_bias(std::size_t part);
};

/// Of columns of the first layer: what Kernels::sparse_gradient takes.
struct SparseGradient {
    TransposedBatch batch;
    std::size_t columns;
    const float* constant;
    const float* total;
    const float* gradient;
};

/// What is done with the gradients of a backward pass, which come part by part. Each may change that part's weights.
class NetworkUpdate {
public:
    virtual ~NetworkUpdate() = default;
    /// Of all weights of a part.
    virtual void weights(std::size_t part, const float* gradient) = 0;
    virtual void bias(std::size_t part, const float* gradient) = 0;
    /// Of the first part's weights of columns `first` and so on.
    virtual void columns(std::size_t first, const SparseGradient& gradient) = 0;
};

/// Makes one AdamW step with each gradient as it comes. Biases and signs do not decay.
class NetworkStep : public NetworkUpdate {
public:
    NetworkStep(const SharedShape& shape, OptimiserState& state, const AdamStep& step, const AdamStep& bias_step);
    void weights(std::size_t part, const float* gradient) override;
    void bias(std::size_t part, const float* gradient) override;
    void columns(std::size_t first, const SparseGradient& gradient) override;

private:
    const Kernels& kernel_;
    const SharedShape& shape_;
    OptimiserState& state_;
    const AdamStep& weight_step_;
    const AdamStep& bias_step_;
    std::vector<float> scratch_;
};

/// Keeps the whole gradient in one piece, so that ranks can sum it at once.
class WholeGradient : public NetworkUpdate {
public:
    explicit WholeGradient(const SharedShape& shape);
    void weights(std::size_t part, const float* gradient) override;
    void bias(std::size_t part, const float* gradient) override;
    void columns(std::size_t first, const SparseGradient& gradient) override;

    /// As of no rows.
    void clear();
    void sum_over(const Ranks& ranks) { ranks.sum(std::span(values_)); }
    void give_to(NetworkUpdate& update) const;

private:
    const Kernels& kernel_;
    const SharedShape& shape_;
    std::vector<std::size_t> starts_;  ///< of each part's weights, which its biases follow
    std::vector<float> values_;
};

}  // namespace mml
