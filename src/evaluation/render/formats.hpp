// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/json.hpp"
#include "config/config.hpp"

namespace mml::render {

std::string html_page(const Json& report, const Config& config);
std::string markdown_page(const Json& report, const Config& config);
std::string text_page(const Json& report, const Config& config);

}  // namespace mml::render
