// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "base/ranks.hpp"

namespace mml {

/// The first column that is equal to each on every rank. own: the first that is equal to it on this rank, by number.
std::vector<std::int32_t> equal_on_all_ranks(const std::vector<std::int32_t>& own, const Ranks& ranks);

}  // namespace mml
