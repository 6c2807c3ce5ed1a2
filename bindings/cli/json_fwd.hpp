// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace mml::cli {

/// The library's JSON: objects keep the order of their fields.
using Json = nlohmann::ordered_json;

}  // namespace mml::cli
