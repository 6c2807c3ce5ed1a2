// SPDX-License-Identifier: Apache-2.0
#include "base/crc32c.hpp"

#include <array>
#include <bit>

namespace mml {

namespace {

constexpr std::array<std::uint32_t, 256> crc32c_table() {
    constexpr std::uint32_t reversed_polynomial = 0x82F63B78U;
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t remainder = byte;
        for (int bit = 0; bit < 8; ++bit) {
            remainder = (remainder >> 1U) ^ ((remainder & 1U) != 0 ? reversed_polynomial : 0U);
        }
        table[byte] = remainder;
    }
    return table;
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
    static constexpr auto table = crc32c_table();
    std::uint32_t remainder = 0xFFFFFFFFU;
    for (const char byte : bytes) {
        remainder = (remainder >> 8U) ^ table[(remainder ^ static_cast<unsigned char>(byte)) & 0xFFU];
    }
    return ~remainder;
}

// Masked, because a checksum over data that holds its own checksum is a weak one.
std::uint32_t masked_crc32c(std::string_view bytes) { return std::rotr(crc32c(bytes), 15) + 0xA282EAD8U; }

}  // namespace mml
