// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "ensemble/kernels/kernels.hpp"
#include "ensemble/member.hpp"
#include "ensemble/network_parameters.hpp"
#include "preprocessing/encoder.hpp"

namespace mml {

/// The mean of several fitted networks over one encoder.
class NetworksMember : public Member {
public:
    static constexpr const char* kind = "networks";  ///< in the model file

    NetworksMember(Encoder encoder, NetworkShape shape, std::vector<NetworkParameters> networks);
    void add_scores(const SparseRows& rows, std::int64_t first, std::int64_t last, float weight,
                    std::span<float> links) const override;
    void explain(const SparseRows& rows, std::int64_t first, std::int64_t last, Contributions& out) const override;
    std::unique_ptr<const DenseScorer> dense_scorer() const override;
    void store(Tensors& tensors, const std::string& prefix) const override;
    /// Throws Error(bad_model) where the tensors do not fit.
    static std::unique_ptr<const Member> load(const Tensors& tensors, const std::string& prefix, std::int64_t inputs,
                                              std::size_t outputs);

private:
    class Dense;
    struct Buffers;

    void explain_network(const EncodedRows& encoded, std::size_t network, Contributions& out) const;
    void add_batch(const SparseBatch& batch, float weight, std::span<float> links, Workspace& space) const;
    void add_network(const SparseBatch& batch, std::size_t network, float weight, std::span<float> links,
                     Buffers& buffers) const;

    Encoder encoder_;
    NetworkShape shape_;
    std::vector<NetworkParameters> networks_;
    std::vector<std::vector<float>> folded_bias_;  ///< of each network's first layer, with the encoder's constant row
};

/// bias + constant * weights: the first layer's bias for rows stored as differences from the constant row.
std::vector<float> folded_bias(const LayerParameters& first, const std::vector<float>& constant);

}  // namespace mml
