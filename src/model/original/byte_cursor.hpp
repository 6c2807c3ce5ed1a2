// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/little_endian.hpp"

namespace mml {

/// Throws Error(bad_model): the bytes are none that can be read. Who knows the file's name puts it before.
[[noreturn]] void refuse_bytes(const std::string& why);

/// Reads bytes from front to back and never beyond their end. Errors: bad_model.
class ByteCursor {
public:
    explicit ByteCursor(std::string_view bytes) : bytes_(bytes), size_(bytes.size()) {}

    std::uint64_t remaining() const { return bytes_.size(); }
    /// Bytes taken so far.
    std::uint64_t position() const { return size_ - bytes_.size(); }

    std::string_view take(std::uint64_t count);
    /// Up to the next line feed, which is taken too.
    std::string_view take_line();
    template <std::unsigned_integral Integer>
    Integer number() {
        return from_little_endian<Integer>(take(sizeof(Integer)));
    }
    /// Seven bits a byte, the lowest first, as protobuf and LevelDB store integers.
    std::uint64_t varint();

private:
    std::string_view bytes_;
    std::uint64_t size_;
};

}  // namespace mml
