// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/index.hpp"

namespace mml {

enum class NumberForm { finite, not_finite, too_large, none };

/// Reads the whole text as a decimal number, rounded to the nearest double; what is too small for one is 0. Not numbers
/// here: nan, inf, hexadecimal, a leading '+', anything with spaces.
NumberForm parse_decimal(std::string_view text, double& value);

/// Reads the short decimal number (-12.5, but not 1e3) at `position`, and gives the place after it; nullptr where there is
/// none, or where only parse_decimal() reads it exactly. Some byte that cannot be part of it must follow.
inline const char* parse_short_number(const char* position, double& value) {
    // Both the digits and a power of ten up to 10^22 are exact in a double, so that one division rounds correctly (Clinger,
    // 1990).
    static constexpr std::array<double, 19> powers{1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                                                   1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
    // Signs are as good as random; a table spares the processor guessing them.
    static constexpr std::array<double, 2> signs{1, -1};
    constexpr std::uint64_t most_exact = std::uint64_t{1} << 53U;
    const auto digit_at = [](const char* place) { return static_cast<unsigned>(static_cast<unsigned char>(*place)) - '0'; };

    const bool negative = *position == '-';
    const char* const first = position + (negative ? 1 : 0);
    std::uint64_t digits = 0;
    for (position = first; digit_at(position) < 10; ++position) digits = digits * 10 + digit_at(position);
    std::size_t count = as_size(position - first);
    std::size_t decimals = 0;
    if (*position == '.') {
        const char* const point = position;
        for (++position; digit_at(position) < 10; ++position) digits = digits * 10 + digit_at(position);
        decimals = as_size(position - point) - 1;
        count += decimals;
    }
    if (count - 1 >= powers.size() - 1 || digits > most_exact) return nullptr;
    const double whole = static_cast<double>(static_cast<std::int64_t>(digits)) * signs[negative ? 1 : 0];
    value = decimals == 0 ? whole : whole / powers[decimals];
    return position;
}

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace mml
