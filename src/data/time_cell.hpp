// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace mml {

/// What a date or time is to a model: numbers, each a column of its own.
struct TimeParts {
    static constexpr std::size_t count = 4;
    /// What follows the column's own name in the names of its parts.
    static constexpr std::array<const char*, count> suffixes{"", " (weekday)", " (month)", " (hour)"};

    /// Days since the beginning of 1970 (with the fraction of the day), weekday (Monday: 1), month (January: 1), hour (with
    /// its fraction).
    std::array<float, count> values;
};

/// The parts of a time in seconds since the beginning of 1970.
TimeParts time_parts(double seconds);

/// Reads a date as 2024-01-31, 2024/01/31, 31.01.2024, alone or before a time of day (a blank or T, hours and
/// minutes, perhaps seconds and a fraction, perhaps Z or an offset, which is taken off). False where the text is no such
/// date.
bool parse_time(std::string_view text, double& seconds);

}  // namespace mml
