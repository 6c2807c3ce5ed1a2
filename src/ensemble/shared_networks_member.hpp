// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "data/dataset.hpp"
#include "ensemble/kernels/kernels.hpp"
#include "ensemble/member.hpp"
#include "ensemble/shared_network.hpp"
#include "preprocessing/encoder.hpp"

namespace mml {

/// The mean over the members of several networks of shared weights, all over one encoder: of their probabilities, or of
/// their estimates in a regression.
class SharedNetworksMember : public Member {
public:
    static constexpr const char* kind = "shared_networks";  ///< in the model file

    SharedNetworksMember(Encoder encoder, SharedShape shape, Task task, std::vector<NetworkParameters> networks);
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

    void add_batch(const SparseBatch& batch, float weight, std::span<float> links, Workspace& space) const;
    void run_network(const SparseBatch& batch, std::size_t network, Buffers& buffers) const;
    void add_sums(const SparseBatch& batch, std::size_t row, std::size_t network, float* sums) const;

    Encoder encoder_;
    SharedShape shape_;
    Task task_;
    std::vector<NetworkParameters> networks_;
    std::vector<std::vector<float>> constant_sums_;  ///< of each network
    std::vector<float> no_bias_;
};

}  // namespace mml
