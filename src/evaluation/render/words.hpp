// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.hpp"

namespace mml::render {

/// Numbers for people, the same in every locale: decimal(0.86213) "0.8621", of large ones six digits; "–" where there is
/// none. fixed(3.14159, 1) "3.1", percent(0.8571) "85.7 %", grouped(14139) "14,139".
std::string decimal(double value);
std::string decimal(const Json& value);
std::string fixed(double value, int decimals);
std::string percent(double share);
std::string grouped(std::int64_t value);

/// "0.8012 to 0.8799" for [low, high], "–" for null.
std::string interval_text(const Json& interval);

/// Text that stands for itself in HTML and SVG, between tags and in attributes. Control characters become U+FFFD.
std::string html_text(std::string_view text);

/// Text that stands for itself in a line or a table cell of Markdown, also where the Markdown lets HTML through.
std::string markdown_text(std::string_view text);

/// Text for a terminal: characters that could steer it become U+FFFD. `text` is UTF-8.
std::string plain_text(std::string_view text);

/// At most `length` characters, the last one "…" where some are missing. `text` is UTF-8.
std::string shortened(const std::string& text, std::size_t length);

/// The data set's name without its folder and quotes.
std::string source_name(const Json& report);

}  // namespace mml::render
