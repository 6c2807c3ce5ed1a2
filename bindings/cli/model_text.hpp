// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "json_access.hpp"

namespace mml::cli {

/// For reading, from a model's JSON: its members with their weights and out-of-fold losses.
std::string members_text(const Json& model);

/// How the model chooses a class, and what that gives out of fold; nothing where it does not tell.
std::string decision_text(const Json& model);

/// All that a model's JSON tells: task, columns, classes, the above, and the options it was trained with.
std::string model_text(const Json& model);

}  // namespace mml::cli
