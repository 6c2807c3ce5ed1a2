// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

namespace mml {

/// Appends the bytes of a number in the order of the file formats here, the lowest first.
template <std::unsigned_integral Integer>
void append_little_endian(std::string& out, Integer value) {
    for (std::size_t i = 0; i < sizeof(Integer); ++i) out += static_cast<char>((value >> (8 * i)) & 0xFFU);
}

/// The number that the first sizeof(Integer) bytes make; there must be that many.
template <std::unsigned_integral Integer>
Integer from_little_endian(std::string_view bytes) {
    Integer value = 0;
    for (std::size_t i = 0; i < sizeof(Integer); ++i) {
        value |= static_cast<Integer>(static_cast<Integer>(static_cast<unsigned char>(bytes[i])) << (8 * i));
    }
    return value;
}

}  // namespace mml
