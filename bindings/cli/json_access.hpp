// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

namespace mml::cli {

/// The library's JSON: objects keep the order of their fields.
using Json = nlohmann::ordered_json;

/// A field of an object, null where there is none: a model of another version of the library may lack it.
inline const Json& field(const Json& json, const std::string& name) {
    static const Json none;
    const auto found = json.find(name);
    return found == json.end() ? none : *found;
}

/// NaN where it is not a number.
inline double number(const Json& json) { return json.is_number() ? json.get<double>() : std::nan(""); }

/// A text as it is, anything else as JSON writes it; nothing for null.
inline std::string text_of(const Json& json) {
    if (json.is_null()) return "";
    return json.is_string() ? json.get<std::string>() : json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace mml::cli
