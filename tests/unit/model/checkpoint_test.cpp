// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "../../mentions.hpp"
#include "../status_of.hpp"
#include "base/crc32c.hpp"
#include "base/little_endian.hpp"
#include "model/original/checkpoint.hpp"
#include "model/original/table_file.hpp"
#include "original_files.hpp"

using namespace mml_test;
using mml::Checkpoint;
using mml::Status;
using mml_test::mentions;

namespace {

constexpr const char* bias = "layer_with_weights-1/bias/.ATTRIBUTES/VARIABLE_VALUE";

std::string message_of_table(const std::string& file) {
    return message_of([&] { mml::read_table(file); });
}

std::string varint(std::uint64_t value) {
    std::string bytes;
    for (; value >= 0x80U; value >>= 7U) bytes += static_cast<char>((value & 0x7FU) | 0x80U);
    return bytes + static_cast<char>(value);
}

// An entry that begins with `shared` bytes of the name before.
std::string entry(const std::string& name, const std::string& value, std::size_t shared = 0) {
    return varint(shared) + varint(name.size()) + varint(value.size()) + name + value;
}

std::string block(const std::string& entries, char kind = '\0') {
    std::string bytes = entries + std::string(4, '\0') + std::string("\1\0\0\0", 4);
    bytes += kind;
    mml::append_little_endian(bytes, mml::masked_crc32c(bytes));
    return bytes;
}

constexpr std::size_t trailer = 5;

// A table of one block of entries, and an index that may name it in another way.
std::string table(const std::string& entries, const std::string& handles = "", char kind = '\0') {
    const std::string content = block(entries, kind);
    const std::string own_handle = entry("z", varint(0) + varint(content.size() - trailer));
    const std::string index = block(handles.empty() ? own_handle : handles);
    std::string footer = varint(0) + varint(0) + varint(content.size()) + varint(index.size() - trailer);
    footer.resize(40);
    mml::append_little_endian(footer, std::uint64_t{0xDB4775248B80FB57U});
    return content + index + footer;
}

// BundleHeaderProto of one shard; BundleEntryProto of two float32.
const std::string header("\x08\x01", 2);
std::string two_floats(const std::string& data, const std::string& shape = std::string("\x12\x04\x12\x02\x08\x02", 6)) {
    std::string message = std::string("\x08\x01", 2) + shape + std::string("\x28\x08\x35", 3);
    mml::append_little_endian(message, mml::masked_crc32c(data));
    return message;
}

}  // namespace

TEST_CASE("a table's entries, names sharing their beginnings") {
    const auto entries = mml::read_table(table(entry("", "x") + entry("abc", "1") + entry("d", "", 2) + entry("e", "2", 3)));
    const std::map<std::string, std::string, std::less<>> expected{{"", "x"}, {"abc", "1"}, {"abd", ""}, {"abde", "2"}};
    CHECK(entries == expected);
}

TEST_CASE("a table that is no such table") {
    CHECK(message_of_table(std::string(47, 'x')) == "it is too short");
    CHECK(message_of_table(std::string(100, 'x')) == mentions("index", "else"));
    CHECK(message_of_table(table(entry("a", "1"), "", '\1')) == mentions("block", "TensorFlow"));
    CHECK(message_of_table(table(entry("a", "1", 1))) == mentions("long", "begins"));
    CHECK(message_of_table(table(entry("a", "1") + entry("a", "2"))) == mentions("name", "\"a\"", "twice"));
    CHECK(message_of_table(table(varint(0) + varint(1) + varint(1000) + "a")) == mentions("length", "wrong"));
    CHECK(message_of_table(table(std::string(11, '\xFF'))) == mentions("integer", "64"));
    const std::string size = varint(block(entry("a", "1")).size() - trailer);
    const std::string again = entry("x", varint(0) + size) + entry("y", varint(0) + size);
    CHECK(message_of_table(table(entry("a", "1"), again)) == mentions("blocks", "order"));
    CHECK(message_of_table(table(entry("a", "1"), entry("x", varint(1U << 30U) + varint(1)))) ==
          mentions("block", "beyond"));
    CHECK(message_of_table(table(entry("a", "1"), entry("x", varint(0) + varint(~std::uint64_t{0})))) ==
          mentions("length", "wrong"));
}

TEST_CASE("names and entries beyond the limits") {
    CHECK(message_of_table(table(entry(std::string(4097, 'a'), ""))) == mentions("long", "begins"));
    std::string entries;
    for (int i = 0; i <= 10000; ++i) entries += entry("n" + std::to_string(i), "");
    CHECK(message_of_table(table(entries)) == mentions("10000", "entries"));
}

TEST_CASE("tensors of the original") {
    const std::string index = original_file("m366", original_index);
    const std::string data = original_file("m366", original_data);
    const Checkpoint checkpoint(index, data);
    CHECK(checkpoint.has(bias));
    CHECK(checkpoint.tensor(bias, {20}).size() == 20);
    const auto last = checkpoint.tensor("layer_with_weights-2/bias/.ATTRIBUTES/VARIABLE_VALUE", {2});
    CHECK(last == std::vector<float>{0.03873839229345322F, -0.03873830661177635F});
    const std::string other_shape = "another type or shape than its classifier says";
    CHECK(message_of([&] { checkpoint.tensor(bias, {21}); }).find(other_shape) != std::string::npos);
    CHECK(message_of([&] { checkpoint.tensor(bias, {20, 1}); }).find(other_shape) != std::string::npos);
    CHECK(message_of([&] { checkpoint.tensor("optimizer/iter/.ATTRIBUTES/VARIABLE_VALUE", {}); }).find(other_shape) !=
          std::string::npos);
    CHECK(message_of([&] { checkpoint.tensor("absent", {2}); }) == mentions("lacks", "\"absent\""));
}

TEST_CASE("an entry that does not fit the data") {
    const std::string data("\0\0\x80\x3F\0\0\0\x40", 8);
    const auto read = [&](const std::string& message, const std::string& bytes) {
        const std::string index = table(entry("", header) + entry("t", message));
        return Checkpoint(index, bytes).tensor("t", {2});
    };
    CHECK(read(two_floats(data), data) == std::vector<float>{1.0F, 2.0F});
    CHECK(message_of([&] { read(two_floats(data), data.substr(1)); }) == mentions("\"t\"", "beyond"));
    CHECK(message_of([&] { read(two_floats(data), std::string(8, '\0')); }) == mentions("checksum", "\"t\""));
    const std::string infinite("\0\0\x80\x7F\0\0\0\x40", 8);
    CHECK(message_of([&] { read(two_floats(infinite), infinite); }) == mentions("\"t\"", "finite"));
    const std::string far = two_floats(data) + "\x20" + varint(~std::uint64_t{0});
    CHECK(status_of([&] { read(far, data); }) == Status::bad_model);
    const std::string dimension("\x12\x02\x08\x02", 4);
    std::string many;
    for (int i = 0; i < 9; ++i) many += dimension;
    CHECK(message_of([&] { read(two_floats(data, "\x12" + varint(many.size()) + many), data); }) ==
          mentions("many", "dimensions"));
    CHECK(message_of([&] { read(two_floats(data) + "\x3A" + std::string(1, '\0'), data); }).find("another type or shape") !=
          std::string::npos);
    CHECK(message_of([&] { read("\x0B", data); }) == mentions("protobuf", "message"));
}

TEST_CASE("a header of other files or another order of bytes") {
    const auto reason = [](const std::string& entries) {
        return message_of([&] {
            const std::string index = table(entries);
            Checkpoint(index, "");
        });
    };
    CHECK(reason(entry("t", "")) == mentions("entry", "describes"));
    CHECK(reason(entry("", std::string("\x08\x02", 2))) == mentions("in 2", "files"));
    CHECK(reason(entry("", std::string("\x08\x01\x10\x01", 4))) == mentions("tensors", "little"));
}

TEST_CASE("an index that is cut or has a bit changed is refused, or tells the same") {
    const std::string index = original_file("three", original_index);
    const auto entries = mml::read_table(index);
    CHECK(entries.size() == 23);
    for (std::size_t size = 0; size < index.size(); ++size) {
        CHECK(status_of([&] { mml::read_table(index.substr(0, size)); }) == Status::bad_model);
    }
    for (std::size_t at = 0; at < index.size(); ++at) {
        std::string changed = index;
        changed[at] = static_cast<char>(changed[at] ^ (1 << (at % 8)));
        auto found = entries;
        const Status status = status_of([&] { found = mml::read_table(changed); });
        CHECK((status == Status::ok || status == Status::bad_model));
        CHECK(found == entries);
    }
}
