// SPDX-License-Identifier: Apache-2.0
#include "model/original/checkpoint.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/crc32c.hpp"
#include "base/error.hpp"
#include "model/original/byte_cursor.hpp"

namespace {

constexpr std::size_t footer_size = 48;

// Makes the checksum of the block at this offset right, where the block lies within the bytes.
std::string_view mended_block(std::string& bytes, std::uint64_t offset, std::uint64_t size) {
    if (offset > bytes.size() || size > bytes.size() - offset || bytes.size() - offset - size < 5) return {};
    std::string checksum;
    mml::append_little_endian(checksum, mml::masked_crc32c(std::string_view(bytes).substr(offset, size + 1)));
    std::ranges::copy(checksum, bytes.begin() + static_cast<std::ptrdiff_t>(offset + size + 1));
    return std::string_view(bytes).substr(offset, size);
}

// The index block's checksum, and those of the blocks that it leads to.
void mend_checksums(std::string& bytes) {
    if (bytes.size() < footer_size) return;
    const std::string end = bytes.substr(bytes.size() - footer_size);
    mml::ByteCursor footer(end);
    for (int skipped = 0; skipped < 2; ++skipped) footer.varint();
    const std::uint64_t offset = footer.varint();
    const std::string index(mended_block(bytes, offset, footer.varint()));
    mml::ByteCursor cursor(index);
    while (cursor.remaining() > 8) {
        cursor.varint();
        const std::uint64_t added = cursor.varint();
        const std::uint64_t size = cursor.varint();
        cursor.take(added);
        mml::ByteCursor handle(cursor.take(size));
        const std::uint64_t block = handle.varint();
        mended_block(bytes, block, handle.varint());
    }
}

}  // namespace

// The data are the index itself, so that a tensor may lie anywhere.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string bytes(reinterpret_cast<const char*>(data), size);
    try {
        mend_checksums(bytes);
    } catch (const mml::Error&) {
    }
    try {
        const mml::Checkpoint checkpoint(bytes, bytes);
        checkpoint.tensor("layer_with_weights-0/bias/.ATTRIBUTES/VARIABLE_VALUE", {10});
    } catch (const mml::Error&) {
    }
    return 0;
}
