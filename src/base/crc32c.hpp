// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace mml {

/// CRC-32C (Castagnoli), as iSCSI (RFC 3720) uses it.
std::uint32_t crc32c(std::string_view bytes);

/// The same as TensorFlow's and LevelDB's files store it.
std::uint32_t masked_crc32c(std::string_view bytes);

}  // namespace mml
