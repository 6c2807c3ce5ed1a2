// SPDX-License-Identifier: Apache-2.0
#include "moodle/indicators.hpp"

#include <algorithm>

namespace mml {

namespace {

bool is_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char letter) { return letter >= '0' && letter <= '9'; });
}

}  // namespace

// Core names the features of an indicator by its class, with "/mean" or "/<class>" where it has several, and those of the
// analysed range by "range/<number>".
std::string indicator_of(const std::string& column) {
    constexpr std::string_view range = "range/";
    if (column.starts_with('\\')) return column.substr(0, column.find('/'));
    if (column.starts_with(range) && is_digits(std::string_view(column).substr(range.size()))) return "range";
    return column;
}

}  // namespace mml
