// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ensemble/shared_networks_member.hpp"
#include "learners/learner.hpp"

namespace mml {

/// Feed-forward networks on one-hot encoded columns: a sparse first layer with a multiplicative gate, h = relu(a) * (1 + b),
/// ReLU layers, dropout, AdamW, averaged weights. Each network leaves out one fold and stops on its loss there; their mean
/// is the member.
class NetworksLearner : public Learner {
public:
    const char* name() const override { return "networks"; }
    const char* member_kind() const override { return SharedNetworksMember::kind; }
    bool wanted(const Config& config) const override { return config.integer(OptionId::networks) > 0; }
    bool has_pilot() const override { return true; }
    double cost(const Config& config) const override { return static_cast<double>(config.integer(OptionId::networks)); }
    std::int64_t memory(const TrainingSet& set, const Config& config) const override;
    Fit fit(const TrainingSet& set, const Config& config, Progress progress) const override;
};

}  // namespace mml
