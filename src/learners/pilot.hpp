// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "learners/learner.hpp"

namespace mml {

/// Says of a member with one output whether its first fold makes the others worth their time: it is nearly as good there as
/// the rival, or a blend of both is clearly better than the rival. Refers to the set, which must stay and have a rival. Both
/// calls are collective.
class Pilot {
public:
    explicit Pilot(const TrainingSet& set);

    /// What a member lacks that has this loss and these links of the first fold's observations; at most 0: it stays.
    double lack(double loss, std::span<const float> links) const;

private:
    double blended_loss(std::span<const float> links, double own_weight) const;

    const TrainingSet& set_;
    std::vector<std::size_t> observations_;  ///< of the first fold
    double weight_ = 0;                      ///< of all ranks
};

}  // namespace mml
