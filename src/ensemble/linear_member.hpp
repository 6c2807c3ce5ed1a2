// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "ensemble/member.hpp"
#include "preprocessing/encoder.hpp"

namespace mml {

/// A fitted linear model: link[k] = bias[k] + sum over encoded cells of cell * weights[column][k].
class LinearMember : public Member {
public:
    static constexpr const char* kind = "linear";  ///< in the model file

    /// weights: encoder outputs x outputs; the encoder's constant row is already in the bias.
    LinearMember(Encoder encoder, std::vector<float> weights, std::vector<float> bias);
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

    Encoder encoder_;
    std::vector<float> weights_;
    std::vector<float> bias_;         ///< as stored: for an encoded row
    std::vector<float> folded_bias_;  ///< with the constant row's part
};

}  // namespace mml
