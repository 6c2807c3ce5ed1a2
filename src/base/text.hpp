// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace mml {

/// Numbers as text and back, whatever locale the host has set.
std::string number_text(double value);
template <std::integral Integer>
std::string number_text(Integer value) {
    return std::to_string(value);
}

/// Text from outside, fit for a one-line message: in double quotes, control characters and invalid UTF-8 escaped
/// as \xNN, at most `limit` bytes shown.
std::string quote(std::string_view text, std::size_t limit = 60);

/// The given names, each quoted, separated by commas; after `limit` names "and N more".
std::string quoted_list(const std::vector<std::string>& names, std::size_t limit = 5);

/// The bytes as valid UTF-8: each byte that is not part of a well-formed sequence becomes U+FFFD.
std::string valid_utf8(std::string_view text);

std::string_view trimmed(std::string_view text);

/// True, and *out set, where the whole text is one finite or non-finite decimal number as std::from_chars reads it
/// (no hexadecimal, no leading '+', no surrounding space).
bool parse_number(std::string_view text, double* out);
bool parse_integer(std::string_view text, long long* out);

template <typename Part>
void append_part(std::string& out, const Part& part) {
    if constexpr (std::is_arithmetic_v<Part> && !std::is_same_v<Part, char>) {
        out += number_text(part);
    } else {
        out += part;
    }
}

/// One string from texts and numbers.
template <typename... Parts>
std::string concat(const Parts&... parts) {
    std::string out;
    (append_part(out, parts), ...);
    return out;
}

}  // namespace mml
