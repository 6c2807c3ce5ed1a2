// SPDX-License-Identifier: Apache-2.0
#include "moodle/event_file.hpp"

#include <bit>

#include "base/crc32c.hpp"
#include "base/index.hpp"
#include "base/little_endian.hpp"

namespace mml {

namespace {

void append_masked_checksum(std::string& out, std::string_view bytes) { append_little_endian(out, masked_crc32c(bytes)); }

void append_record(std::string& out, std::string_view data) {
    std::string length;
    append_little_endian(length, narrowed<std::uint64_t>(data.size()));
    out += length;
    append_masked_checksum(out, length);
    out += data;
    append_masked_checksum(out, data);
}

// Protobuf's encoding: https://protobuf.dev/programming-guides/encoding/
enum class WireType : std::uint64_t { varint = 0, fixed64 = 1, length_delimited = 2, fixed32 = 5 };

void append_varint(std::string& out, std::uint64_t value) {
    for (; value >= 0x80U; value >>= 7U) out += static_cast<char>((value & 0x7FU) | 0x80U);
    out += static_cast<char>(value);
}

void append_key(std::string& out, std::uint64_t field, WireType type) {
    append_varint(out, (field << 3U) | static_cast<std::uint64_t>(type));
}

void append_bytes_field(std::string& out, std::uint64_t field, std::string_view bytes) {
    append_key(out, field, WireType::length_delimited);
    append_varint(out, bytes.size());
    out += bytes;
}

// Event: double wall_time = 1, int64 step = 2, string file_version = 3, Summary summary = 5.
std::string event_start(double wall_time) {
    std::string event;
    append_key(event, 1, WireType::fixed64);
    append_little_endian(event, std::bit_cast<std::uint64_t>(wall_time));
    return event;
}

std::string version_event(double wall_time) {
    std::string event = event_start(wall_time);
    append_bytes_field(event, 3, "brain.Event:2");
    return event;
}

// Summary: repeated Value value = 1; Value: string tag = 1, float simple_value = 2.
std::string scalar_event(double wall_time, const Scalar& scalar) {
    std::string value;
    append_bytes_field(value, 1, scalar.tag);
    append_key(value, 2, WireType::fixed32);
    append_little_endian(value, std::bit_cast<std::uint32_t>(scalar.value));
    std::string summary;
    append_bytes_field(summary, 1, value);

    std::string event = event_start(wall_time);
    append_key(event, 2, WireType::varint);
    append_varint(event, static_cast<std::uint64_t>(scalar.step));
    append_bytes_field(event, 5, summary);
    return event;
}

}  // namespace

std::string event_file_bytes(double wall_time, std::span<const Scalar> scalars) {
    std::string out;
    append_record(out, version_event(wall_time));
    for (const Scalar& scalar : scalars) append_record(out, scalar_event(wall_time, scalar));
    return out;
}

}  // namespace mml
