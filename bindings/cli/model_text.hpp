// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace mml::cli {

/// For reading, from a model's JSON: its members with their weights and out-of-fold losses, and the calibration.
std::string training_text(const nlohmann::ordered_json& model);

/// All that a model's JSON tells: task, classes, inputs, the above, and the options it was trained with.
std::string model_text(const nlohmann::ordered_json& model);

}  // namespace mml::cli
