// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mml {

/// Adds the names that are not there yet; tells the place of each in `names`.
std::vector<std::int32_t> unite_names(std::vector<std::string>& names, const std::vector<std::string>& more);

}  // namespace mml
