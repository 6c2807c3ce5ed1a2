// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "config/config.hpp"

namespace mml::render {

std::string html_page(const nlohmann::ordered_json& report, const Config& config);
std::string markdown_page(const nlohmann::ordered_json& report, const Config& config);

}  // namespace mml::render
