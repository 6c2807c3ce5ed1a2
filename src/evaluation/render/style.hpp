// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace mml::render {

/// Colours for light and dark, of charts and of the page, as CSS. Text has a contrast of at least 4.5 : 1, lines of charts
/// of at least 3 : 1, in both.
std::string colours();
std::string chart_style();
std::string page_style();

}  // namespace mml::render
