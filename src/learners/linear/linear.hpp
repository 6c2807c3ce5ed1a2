// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ensemble/linear_member.hpp"
#include "learners/learner.hpp"

namespace mml {

/// L2-penalised logistic regression (multinomial for more than two classes) or ridge regression on encoded columns; the
/// intercept is free. The strength of the penalty is chosen by cross-validation over the folds unless option linear_strength
/// gives it.
class LinearLearner : public Learner {
public:
    const char* name() const override { return LinearMember::kind; }
    bool wanted(const Config& config) const override { return config.flag(OptionId::linear); }
    bool has_pilot() const override { return true; }
    double cost(const Config&) const override { return 1; }
    std::int64_t memory(const TrainingSet& set, const Config& config) const override;
    Fit fit(const TrainingSet& set, const Config& config, Progress progress) const override;
};

}  // namespace mml
