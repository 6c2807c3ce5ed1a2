// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace mml_fuzz {

/// Takes decisions from a fuzzer's bytes, from the first on. Where they have run out every number is 0 and every text empty,
/// so that each input is a whole sequence of decisions.
class Draw {
public:
    Draw(const std::uint8_t* data, std::size_t size) : data_(reinterpret_cast<const char*>(data)), size_(size) {}

    bool empty() const { return size_ == 0; }

    /// 0 ... count - 1, from one byte where the count is at most 256, else from two.
    std::size_t below(std::size_t count) {
        std::size_t number = byte();
        if (count > 256) number = number * 256 + byte();
        return number % count;
    }
    bool flag() { return below(2) == 1; }

    template <typename List>
    const auto& any_of(const List& list) {
        return *(std::begin(list) + static_cast<std::ptrdiff_t>(below(std::size(list))));
    }

    /// At most `most` bytes, below 256; the first byte tells how many.
    std::string text(std::size_t most) { return take(below(most + 1)); }

    /// All that is left.
    std::string rest() { return take(size_); }

private:
    std::uint8_t byte() {
        const std::string one = take(1);
        return one.empty() ? 0 : static_cast<std::uint8_t>(one.front());
    }
    std::string take(std::size_t count) {
        const std::size_t taken = count < size_ ? count : size_;
        std::string bytes(data_, taken);
        data_ += taken;
        size_ -= taken;
        return bytes;
    }

    const char* data_;
    std::size_t size_;
};

}  // namespace mml_fuzz
