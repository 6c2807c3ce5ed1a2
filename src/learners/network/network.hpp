// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "learners/learner.hpp"
#include "learners/network/parameters.hpp"
#include "preprocessing/encoder.hpp"

namespace mml {

/// Feed-forward networks on one-hot encoded columns: a sparse first layer with a multiplicative gate, h = relu(a) * (1 + b),
/// ReLU layers, dropout, AdamW, averaged weights. Each network leaves out one fold and stops on its loss there; their mean
/// is the member.
class NetworksLearner : public Learner {
public:
    const char* name() const override { return "networks"; }
    bool wanted(const Config& config) const override { return config.integer(OptionId::networks) > 0; }
    bool has_pilot() const override { return true; }
    double cost(const Config& config) const override { return static_cast<double>(config.integer(OptionId::networks)); }
    std::int64_t memory(const TrainingSet& set, const Config& config) const override;
    Fit fit(const TrainingSet& set, const Config& config, Share share) const override;
    std::unique_ptr<const Member> load(const Tensors& tensors, const std::string& prefix, std::int64_t inputs,
                                       int outputs) const override;
};

/// The mean of several fitted networks over one encoder.
class NetworksMember : public Member {
public:
    NetworksMember(Encoder encoder, NetworkShape shape, std::vector<NetworkParameters> networks);
    void add_scores(const SparseRows& rows, std::int64_t first, std::int64_t last, float weight,
                    std::span<float> links) const override;
    void store(Tensors& tensors, const std::string& prefix) const override;

private:
    void add_network(const EncodedRows& encoded, std::size_t network, float weight, std::span<float> links) const;

    Encoder encoder_;
    NetworkShape shape_;
    std::vector<NetworkParameters> networks_;
    std::vector<std::vector<float>> folded_bias_;  ///< of each network's first layer, with the encoder's constant row
};

/// bias + constant * weights: the first layer's bias for rows stored as differences from the constant row.
std::vector<float> folded_bias(const LayerParameters& first, const std::vector<float>& constant);

}  // namespace mml
