// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "ensemble/shared_network.hpp"
#include "learners/learner.hpp"

namespace mml {

/// What each member of a network says of some observations: the probability of the class that was observed, or the value.
struct MemberAnswers {
    Task task = Task::classification;
    std::vector<std::vector<double>> answers;  ///< of each member, of each observation
    std::vector<double> values;                ///< observed; regression only
    std::vector<double> weights;
};

/// The `wanted` members whose mean loses least, found one after the other: each step takes the member with which the mean
/// of those taken so far loses least (forward selection; Caruana et al., 2004). Rising.
std::vector<std::size_t> best_members(const MemberAnswers& members, std::size_t wanted);

/// The parameters of these members alone; `shape` is the whole network's.
NetworkParameters members_alone(const SharedShape& shape, const NetworkParameters& all, std::span<const std::size_t> chosen);

}  // namespace mml
