// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

namespace mml {

/// Frees the values of JSON with long lists one after the other. The destructor of nlohmann's takes memory in proportion to
/// the longest list, and ends the process where there is none; so whoever owns such JSON calls this in a destructor, and
/// fills long lists where they stand in it, so that an exception finds them there.
void take_apart(nlohmann::ordered_json& json) noexcept;

}  // namespace mml
