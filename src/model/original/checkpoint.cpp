// SPDX-License-Identifier: Apache-2.0
#include "model/original/checkpoint.hpp"

#include <bit>
#include <cmath>
#include <functional>

#include "base/crc32c.hpp"
#include "base/text.hpp"
#include "model/original/byte_cursor.hpp"
#include "model/original/table_file.hpp"

namespace mml {

namespace {

constexpr std::size_t most_tensor_dimensions = 8;
constexpr std::uint64_t type_float32 = 1;  // TensorFlow's DT_FLOAT

// One field of a protobuf message (https://protobuf.dev/programming-guides/encoding/).
struct Field {
    std::uint64_t number = 0;
    std::uint64_t integer = 0;  ///< where it is one
    std::string_view bytes;     ///< where it is text or a message
};

Field read_field(ByteCursor& cursor) {
    const std::uint64_t key = cursor.varint();
    Field field{key >> 3U, 0, {}};
    switch (key & 7U) {
        case 0: field.integer = cursor.varint(); break;
        case 1: field.integer = cursor.number<std::uint64_t>(); break;
        case 2: field.bytes = cursor.take(cursor.varint()); break;
        case 5: field.integer = cursor.number<std::uint32_t>(); break;
        default: refuse_bytes("an entry in it is not a protobuf message");
    }
    return field;
}

void for_each_field(std::string_view message, const std::function<void(const Field& field)>& take) {
    ByteCursor cursor(message);
    while (cursor.remaining() > 0) take(read_field(cursor));
}

// BundleHeaderProto: int32 num_shards = 1, Endianness endianness = 2 (0 is little).
void check_header(std::string_view message) {
    std::uint64_t shards = 0;
    std::uint64_t order = 0;
    for_each_field(message, [&](const Field& field) {
        if (field.number == 1) shards = field.integer;
        if (field.number == 2) order = field.integer;
    });
    if (shards != 1) refuse_bytes(concat("its tensors are in ", shards, " files, not in one"));
    if (order != 0) refuse_bytes("its tensors are not little-endian");
}

// BundleEntryProto: DataType dtype = 1, TensorShapeProto shape = 2, int32 shard_id = 3, int64 offset = 4, int64 size = 5,
// fixed32 crc32c = 6, slices = 7. TensorShapeProto: repeated Dim dim = 2; Dim: int64 size = 1.
struct Entry {
    std::uint64_t type = 0;
    std::vector<std::int64_t> shape;
    std::uint64_t shard = 0;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::uint64_t checksum = 0;
    bool sliced = false;
};

std::vector<std::int64_t> read_shape(std::string_view message) {
    std::vector<std::int64_t> shape;
    for_each_field(message, [&](const Field& dimension) {
        if (dimension.number != 2) return;
        if (shape.size() == most_tensor_dimensions) refuse_bytes("a tensor has too many dimensions");
        shape.push_back(0);
        for_each_field(dimension.bytes, [&](const Field& field) {
            if (field.number == 1) shape.back() = static_cast<std::int64_t>(field.integer);
        });
    });
    return shape;
}

Entry read_entry(std::string_view message) {
    Entry entry;
    for_each_field(message, [&](const Field& field) {
        switch (field.number) {
            case 1: entry.type = field.integer; break;
            case 2: entry.shape = read_shape(field.bytes); break;
            case 3: entry.shard = field.integer; break;
            case 4: entry.offset = field.integer; break;
            case 5: entry.size = field.integer; break;
            case 6: entry.checksum = field.integer; break;
            case 7: entry.sliced = true; break;
            default: break;
        }
    });
    return entry;
}

std::vector<float> finite_numbers(const std::string& name, std::string_view bytes) {
    std::vector<float> numbers;
    numbers.reserve(bytes.size() / sizeof(float));
    for (std::size_t at = 0; at < bytes.size(); at += sizeof(float)) {
        numbers.push_back(std::bit_cast<float>(from_little_endian<std::uint32_t>(bytes.substr(at, sizeof(float)))));
        if (!std::isfinite(numbers.back()))
            refuse_bytes(concat("tensor ", quote(name), " holds a number that is not finite"));
    }
    return numbers;
}

}  // namespace

Checkpoint::Checkpoint(std::string_view index, std::string_view data) : entries_(read_table(index)), data_(data) {
    const auto header = entries_.find("");
    if (header == entries_.end()) refuse_bytes("it lacks the entry that describes it");
    check_header(header->second);
}

std::vector<float> Checkpoint::tensor(const std::string& name, const std::vector<std::int64_t>& shape) const {
    const auto found = entries_.find(name);
    if (found == entries_.end()) refuse_bytes(concat("it lacks tensor ", quote(name)));
    const Entry entry = read_entry(found->second);
    std::uint64_t size = sizeof(float);
    for (const std::int64_t length : shape) size *= static_cast<std::uint64_t>(length);
    if (entry.type != type_float32 || entry.shape != shape || entry.size != size || entry.shard != 0 || entry.sliced)
        refuse_bytes(concat("tensor ", quote(name), " has another type or shape than its classifier says"));
    if (entry.offset > data_.size() || entry.size > data_.size() - entry.offset)
        refuse_bytes(concat("tensor ", quote(name), " is beyond the end of the data: the data are cut off"));
    const std::string_view bytes = data_.substr(entry.offset, entry.size);
    if (masked_crc32c(bytes) != entry.checksum)
        refuse_bytes(concat("the checksum of tensor ", quote(name), " does not fit"));
    return finite_numbers(name, bytes);
}

}  // namespace mml
