// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "learners/learner.hpp"
#include "preprocessing/encoder.hpp"

namespace mml {

/// L2-penalised logistic regression (multinomial for more than two classes) or ridge regression on encoded columns; the
/// intercept is free. The strength of the penalty is chosen by cross-validation over the folds unless option linear_strength
/// gives it.
class LinearLearner : public Learner {
public:
    const char* name() const override { return "linear"; }
    bool wanted(const Config& config) const override { return config.flag(OptionId::linear); }
    bool has_pilot() const override { return true; }
    double cost(const Config&) const override { return 1; }
    std::int64_t memory(const TrainingSet& set, const Config& config) const override;
    Fit fit(const TrainingSet& set, const Config& config, Share share) const override;
    std::unique_ptr<const Member> load(const Tensors& tensors, const std::string& prefix, std::int64_t inputs,
                                       int outputs) const override;
};

/// A fitted linear model: link[k] = bias[k] + sum over encoded cells of cell * weights[column][k].
class LinearMember : public Member {
public:
    /// weights: encoder outputs x outputs; the encoder's constant row is already in the bias.
    LinearMember(Encoder encoder, std::vector<float> weights, std::vector<float> bias);
    void add_scores(const SparseRows& rows, std::int64_t first, std::int64_t last, float weight,
                    std::span<float> links) const override;
    void store(Tensors& tensors, const std::string& prefix) const override;

private:
    Encoder encoder_;
    std::vector<float> weights_;
    std::vector<float> bias_;         ///< as stored: for an encoded row
    std::vector<float> folded_bias_;  ///< with the constant row's part
};

}  // namespace mml
