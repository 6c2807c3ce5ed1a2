// SPDX-License-Identifier: Apache-2.0
#include "model_text.hpp"

#include "text.hpp"

namespace mml::cli {

std::string training_text(const nlohmann::ordered_json& model) { return model.dump(2) + "\n"; }
std::string model_text(const nlohmann::ordered_json& model) { return model.dump(2) + "\n"; }

}  // namespace mml::cli
