// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

namespace mml {

/// The bits of a cell, the same for all that same_cell() takes for equal: NaN comes in many patterns.
inline std::uint32_t cell_bits(float value) {
    return std::bit_cast<std::uint32_t>(value == value ? value : std::numeric_limits<float>::quiet_NaN());
}

/// A hash that has taken in one more word. For tables in memory only: nothing stored depends on it.
inline std::uint64_t mixed_hash(std::uint64_t hash, std::uint64_t word) {
    hash = (hash ^ word) * 0x9E3779B97F4A7C15U;
    return hash ^ (hash >> 32U);
}

}  // namespace mml
