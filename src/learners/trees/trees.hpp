// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ensemble/trees_member.hpp"
#include "learners/learner.hpp"

namespace mml {

/// Boosted trees (Friedman, 2001) by second-order steps on binned columns, each on a random part of the columns. A model a
/// fold and the one on all observations grow side by side; their number of trees is where the mean loss on the folds left
/// out is least.
class TreesLearner : public Learner {
public:
    const char* name() const override { return TreesMember::kind; }
    bool wanted(const Config& config) const override { return config.integer(OptionId::trees) > 0; }
    bool has_pilot() const override { return false; }
    double cost(const Config&) const override { return 1; }
    std::int64_t memory(const TrainingSet& set, const Config& config) const override;
    Fit fit(const TrainingSet& set, const Config& config, Progress progress) const override;
};

}  // namespace mml
