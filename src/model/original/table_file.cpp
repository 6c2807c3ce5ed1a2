// SPDX-License-Identifier: Apache-2.0
#include "model/original/table_file.hpp"

#include <functional>

#include "base/crc32c.hpp"
#include "base/text.hpp"
#include "model/original/byte_cursor.hpp"

namespace mml {

namespace {

constexpr std::uint64_t magic = 0xDB4775248B80FB57U;
constexpr std::size_t footer_size = 48;
constexpr std::size_t magic_size = 8;
constexpr std::size_t count_size = 4;
constexpr std::size_t most_entries = 10000;
constexpr std::size_t longest_name = 4096;

struct BlockHandle {
    std::uint64_t offset;
    std::uint64_t size;
};

BlockHandle read_handle(ByteCursor& cursor) {
    const std::uint64_t offset = cursor.varint();
    return {offset, cursor.varint()};
}

BlockHandle index_handle(std::string_view bytes) {
    if (bytes.size() < footer_size) refuse_bytes("it is too short");
    const std::string_view footer = bytes.substr(bytes.size() - footer_size);
    if (from_little_endian<std::uint64_t>(footer.substr(footer_size - magic_size)) != magic)
        refuse_bytes("it does not end as an index of TensorFlow does: it is cut off or something else");
    ByteCursor cursor(footer);
    read_handle(cursor);  // of the metaindex, which is empty
    return read_handle(cursor);
}

// The block's bytes, whose kind of compression and checksum follow them.
std::string_view block_at(std::string_view bytes, const BlockHandle& handle) {
    if (handle.offset > bytes.size()) refuse_bytes("a block is beyond its end");
    ByteCursor cursor(bytes.substr(handle.offset));
    const std::string_view block = cursor.take(handle.size);
    const std::string_view kind = cursor.take(1);
    const auto checksum = cursor.number<std::uint32_t>();
    if (masked_crc32c(bytes.substr(handle.offset, handle.size + kind.size())) != checksum)
        refuse_bytes("the checksum of a block does not fit");
    if (kind[0] != 0) refuse_bytes("a block is compressed, which TensorFlow does not do there");
    return block;
}

// Entries, then where some of them start, then how many that are: for searching, which is not done here.
std::string_view entries_of(std::string_view block) {
    if (block.size() < count_size) refuse_bytes("a block is too short");
    const std::uint64_t restarts = from_little_endian<std::uint32_t>(block.substr(block.size() - count_size));
    const std::uint64_t behind = (restarts + 1) * count_size;
    if (behind > block.size()) refuse_bytes("a block is too short");
    return block.substr(0, block.size() - behind);
}

using TakeEntry = std::function<void(const std::string& name, std::string_view value)>;

void for_each_entry(std::string_view block, const TakeEntry& take) {
    ByteCursor cursor(entries_of(block));
    std::string name;
    while (cursor.remaining() > 0) {
        const std::uint64_t shared = cursor.varint();
        const std::uint64_t added = cursor.varint();
        const std::uint64_t size = cursor.varint();
        if (shared > name.size() || added > longest_name || shared + added > longest_name)
            refuse_bytes("a name in it is too long or begins with more of the one before than there is");
        name.resize(shared);
        name += cursor.take(added);
        take(name, cursor.take(size));
    }
}

}  // namespace

std::map<std::string, std::string, std::less<>> read_table(std::string_view bytes) {
    std::map<std::string, std::string, std::less<>> entries;
    std::uint64_t end = 0;
    for_each_entry(block_at(bytes, index_handle(bytes)), [&](const std::string&, std::string_view value) {
        ByteCursor cursor(value);
        const BlockHandle handle = read_handle(cursor);
        // Blocks that overlap would be work without end.
        if (handle.offset < end) refuse_bytes("its blocks are not in order");
        const std::string_view block = block_at(bytes, handle);
        end = handle.offset + handle.size;
        for_each_entry(block, [&](const std::string& name, std::string_view content) {
            if (entries.size() == most_entries) refuse_bytes(concat("it has more than ", most_entries, " entries"));
            if (!entries.emplace(name, content).second) refuse_bytes(concat("it has the name ", quote(name), " twice"));
        });
    });
    return entries;
}

}  // namespace mml
