// SPDX-License-Identifier: Apache-2.0
#include "model/original/byte_cursor.hpp"

#include "base/error.hpp"

namespace mml {

void refuse_bytes(const std::string& why) { fail(Status::bad_model, why); }

std::string_view ByteCursor::take(std::uint64_t count) {
    if (count > bytes_.size()) refuse_bytes("it is cut off, or a length in it is wrong");
    const std::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
}

std::string_view ByteCursor::take_line() {
    const std::size_t end = bytes_.find('\n');
    if (end == std::string_view::npos) refuse_bytes("it is cut off within a name");
    return take(end + 1).substr(0, end);
}

std::uint64_t ByteCursor::varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        const auto byte = number<std::uint8_t>();
        // Of the tenth byte one bit is left.
        if (shift == 63 && byte > 1) break;
        value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
        if ((byte & 0x80U) == 0) return value;
    }
    refuse_bytes("it holds an integer of more than 64 bits");
}

}  // namespace mml
