// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <doctest/doctest.h>
#include <limits>
#include <string>
#include <vector>

#include "../../mentions.hpp"
#include "../status_of.hpp"
#include "base/random.hpp"
#include "model/container.hpp"
#include "model/gzip.hpp"

using mml::Container;
using mml::Status;
using mml_test::mentions;
using mml_test::message_of;
using mml_test::status_of;

namespace {

constexpr std::uint64_t no_limit = 1U << 30U;

Container small_container() {
    Container container;
    container.texts = {{"classes", R"(["0","1"])"}, {"name", "Zoë \"x\"\n"}};
    container.tensors.put<float>("bias", {0.5F, -0.0F, 3e38F}, {3});
    container.tensors.put<double>("scale", {1e-300, std::numeric_limits<double>::infinity()}, {2, 1});
    container.tensors.put<std::int32_t>("column", {-1, 2147483647}, {2});
    container.tensors.put<std::int64_t>("count", {std::int64_t{1} << 62, -5}, {1, 2, 1});
    container.tensors.put<float>("empty", {}, {0, 414});
    container.tensors.put<double>("scalar", {7}, {});
    return container;
}

Container random_container(std::size_t numbers) {
    mml::RandomStream random(1);
    std::vector<float> values(numbers);
    for (float& value : values) value = static_cast<float>(random.normal());
    Container container;
    container.tensors.put<float>("values", std::move(values));
    return container;
}

Container read(const std::string& bytes, std::uint64_t limit = no_limit) {
    return mml::container_from_bytes(bytes, "model", "model.mml", limit);
}

// Refused as damaged, or read with the very same content.
bool is_refused_or_same(const std::string& bytes, const std::string& same_as) {
    try {
        return mml::container_bytes(read(bytes), "model", 0) == same_as;
    } catch (const mml::Error& error) {
        return error.status() == Status::bad_model;
    }
}

}  // namespace

TEST_CASE("what is written is read back, bit by bit, at any compression") {
    for (const int compression : {0, 1, 6, 9}) {
        CAPTURE(compression);
        const Container container = read(mml::container_bytes(small_container(), "model", compression));
        CHECK(container.texts == small_container().texts);
        CHECK(container.tensors.all().size() == 6);
        const auto& bias = container.tensors.get<float>("bias", {3});
        CHECK(bias == std::vector<float>{0.5F, 0, 3e38F});
        CHECK(std::signbit(bias[1]));
        CHECK(container.tensors.get<double>("scale", {2, 1}) ==
              std::vector<double>{1e-300, std::numeric_limits<double>::infinity()});
        CHECK(container.tensors.get<std::int32_t>("column", {2}) == std::vector<std::int32_t>{-1, 2147483647});
        CHECK(container.tensors.get<std::int64_t>("count", {1, 2, 1}) == std::vector<std::int64_t>{4611686018427387904, -5});
        CHECK(container.tensors.get<float>("empty", {0, 414}).empty());
        CHECK(container.tensors.get<double>("scalar", {}) == std::vector<double>{7});
    }
}

TEST_CASE("a container without texts and tensors") {
    const Container container = read(mml::container_bytes({}, "model", 6));
    CHECK(container.texts.empty());
    CHECK(container.tensors.all().empty());
}

TEST_CASE("equal containers make equal bytes, and NaN keeps its bits") {
    Container container = small_container();
    container.tensors.put<float>("nan", {std::numeric_limits<float>::quiet_NaN()});
    const std::string bytes = mml::container_bytes(container, "model", 6);
    CHECK(mml::container_bytes(read(bytes), "model", 6) == bytes);
}

TEST_CASE("the layout, byte by byte") {
    Container container;
    container.texts = {{"a", "b"}};
    container.tensors.put<float>("y", {1.0F});
    container.tensors.put<std::int32_t>("x", {258}, {1, 1});
    const std::string bytes = mml::container_bytes(container, "samples", 0);
    CHECK(bytes.substr(0, 10) == std::string("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10));
    // At level 0 deflate's block is five bytes and then the payload as it is.
    const std::string header =
        R"({"__metadata__":{"a":"b","format":"moodleml","format_version":"1","kind":"samples"},)"
        R"("x":{"dtype":"I32","shape":[1,1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})";
    const std::string padded = header + std::string((8 - header.size() % 8) % 8, ' ');
    const std::string payload = std::string{static_cast<char>(padded.size())} + std::string(7, '\0') + padded +
                                std::string("\x02\x01\0\0\0\0\x80\x3f", 8);
    REQUIRE(padded.size() < 256);
    CHECK(bytes.substr(15, payload.size()) == payload);
    CHECK(bytes.size() == 15 + payload.size() + 8);
}

TEST_CASE("a file cut anywhere is refused as damaged") {
    for (const int compression : {0, 6}) {
        const std::string bytes = mml::container_bytes(small_container(), "model", compression);
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            CAPTURE(size);
            CHECK(status_of([&] { read(bytes.substr(0, size)); }) == Status::bad_model);
        }
        const std::string large = mml::container_bytes(random_container(25'000), "model", compression);
        for (std::size_t size = 0; size < large.size(); size += 97) {
            CAPTURE(size);
            CHECK(status_of([&] { read(large.substr(0, size)); }) == Status::bad_model);
        }
    }
}

TEST_CASE("with any one bit flipped a file is refused or reads the same") {
    const std::string same = mml::container_bytes(small_container(), "model", 0);
    for (const int compression : {0, 1, 6}) {
        const std::string bytes = mml::container_bytes(small_container(), "model", compression);
        int wrong = 0;
        for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
            std::string flipped = bytes;
            flipped[bit / 8] = static_cast<char>(static_cast<unsigned char>(flipped[bit / 8]) ^ (1U << (bit % 8)));
            wrong += !is_refused_or_same(flipped, same);
        }
        CHECK(wrong == 0);
    }
}

TEST_CASE("with any one byte changed a file is refused or reads the same") {
    const std::string same = mml::container_bytes(small_container(), "model", 0);
    const std::string bytes = mml::container_bytes(small_container(), "model", 6);
    int wrong = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        for (unsigned value = 0; value < 256; value += 5) {
            std::string changed = bytes;
            changed[i] = static_cast<char>(value);
            wrong += !is_refused_or_same(changed, same);
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("the first ten bytes are always the same, and others are refused") {
    const std::string bytes = mml::container_bytes(small_container(), "model", 6);
    for (std::size_t i = 0; i < 10; ++i) {
        CAPTURE(i);
        std::string changed = bytes;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        CHECK(status_of([&] { read(changed); }) == Status::bad_model);
    }
}

TEST_CASE("bytes beyond the end are refused") {
    const std::string bytes = mml::container_bytes(small_container(), "model", 6);
    for (const std::string& more : {std::string(1, '\0'), std::string(8, '\0'), std::string("x"), bytes}) {
        CHECK(status_of([&] { read(bytes + more); }) == Status::bad_model);
    }
    // Between the compressed bytes and the trailer.
    CHECK(message_of([&] { read(bytes.substr(0, bytes.size() - 8) + "x" + bytes.substr(bytes.size() - 8)); }) ==
          mentions("\"model.mml\"", "after", "restore"));
}

TEST_CASE("messages name the file and what is wrong with it") {
    const std::string bytes = mml::container_bytes(small_container(), "model", 0);
    CHECK(message_of([] { read("columns,values\n1,2\n"); }) == mentions("\"model.mml\"", "first"));
    CHECK(message_of([&] { read(bytes.substr(0, 12)); }) == mentions("\"model.mml\"", "restore"));
    // A digit of a tensor's offsets: the reason is told, not its first consequence.
    std::string damaged = bytes;
    damaged[damaged.find("data_offsets\":[") + 15] = '9';
    CHECK(message_of([&] { read(damaged); }) == mentions("\"model.mml\"", "checksum"));
    CHECK(message_of([&] { mml::container_from_bytes("", "model", "a\nb", no_limit); }).starts_with("\"a\\x0ab\": not"));
    CHECK(message_of([&] { mml::container_from_bytes(bytes, "samples", "m", no_limit); }) ==
          mentions("\"m\"", "kind", "\"model\"", "\"samples\""));
}

TEST_CASE("no more than the limit is inflated") {
    const std::string bytes = mml::container_bytes(random_container(1000), "model", 6);
    const std::uint64_t header = mml::container_bytes(random_container(0), "model", 0).size();
    CHECK(status_of([&] { read(bytes, 4000 + header); }) == Status::ok);
    CHECK(message_of([&] { read(bytes, 4000); }) == mentions("\"model.mml\"", "limit", "of 4000"));
    CHECK(status_of([&] { read(bytes, 0); }) == Status::limit);
    CHECK(status_of([&] { read(bytes, std::numeric_limits<std::uint64_t>::max()); }) == Status::ok);
}

TEST_CASE("a file of zeros that inflates a thousandfold stops at the limit") {
    Container container;
    container.tensors.put<float>("zeros", std::vector<float>(5'000'000));
    const std::string bytes = mml::container_bytes(container, "model", 9);
    REQUIRE(bytes.size() < 25'000);
    CHECK(status_of([&] { read(bytes, 1'000'000); }) == Status::limit);
    CHECK(status_of([&] { read(bytes, 21'000'000); }) == Status::ok);
}

TEST_CASE("a trailer that tells another length") {
    const std::string bytes = mml::container_bytes(random_container(1000), "model", 6);
    const auto with_length = [&](const char* length) { return bytes.substr(0, bytes.size() - 4) + std::string(length, 4); };
    for (const char* length : {"\0\0\0\0", "\x07\0\0\0", "\x10\0\0\0", "\0\x10\0\0", "\xff\xff\0\0", "\xff\xff\xff\xff"}) {
        CHECK(status_of([&] { read(with_length(length)); }) == Status::bad_model);
        CHECK(status_of([&] { read(with_length(length), 100); }) != Status::ok);
    }
}

TEST_CASE("a trailer that tells more than the bytes can inflate to is refused before memory is taken") {
    const std::string bytes = mml::container_bytes(small_container(), "model", 6);
    CHECK(message_of([&] {
              read(bytes.substr(0, bytes.size() - 4) + "\xff\xff\xff\xff", std::numeric_limits<std::uint64_t>::max());
          }) == mentions("\"model.mml\"", "length"));
}

TEST_CASE("a byte more than the trailer tells, with the checksum of the others") {
    const auto member_of = [](const std::string& payload) {
        mml::GzipWriter writer(6);
        writer.append(payload);
        return writer.finish();
    };
    const std::string shorter = member_of("abc");
    const std::string longer = member_of("abcd");
    const std::string mixed = longer.substr(0, longer.size() - 8) + shorter.substr(shorter.size() - 8);
    mml::GzipReader honest(shorter, no_limit);
    CHECK(status_of([&] { honest.finish(); }) == Status::ok);
    mml::GzipReader lying(mixed, no_limit);
    CHECK(status_of([&] { lying.finish(); }) == Status::bad_model);
    CHECK(status_of([&] { lying.finish(); }) == Status::bad_model);
}

TEST_CASE("what cannot be written") {
    const auto status_of_writing = [](const Container& container) {
        return status_of([&] { mml::container_bytes(container, "model", 1); });
    };
    for (const char* name : {"format", "format_version", "kind"}) {
        Container container;
        container.texts[name] = "x";
        CHECK(status_of_writing(container) == Status::internal);
    }
    const std::vector<std::vector<std::int64_t>> wrong_shapes{{4}, {2}, {-1, -3}, {}, {1, 1, 1, 1, 1, 1, 1, 1, 3}};
    for (const auto& shape : wrong_shapes) {
        Container container;
        container.tensors.insert("x", {std::vector<float>{1, 2, 3}, shape});
        CHECK(status_of_writing(container) == Status::internal);
    }
    Container reserved;
    reserved.tensors.put<float>("__metadata__", {1});
    CHECK(status_of_writing(reserved) == Status::internal);
    Container not_utf8;
    not_utf8.texts["name"] = "\xff";
    CHECK(status_of_writing(not_utf8) == Status::bad_data);
    Container name_not_utf8;
    name_not_utf8.tensors.put<float>("\xc3", {1});
    CHECK(status_of_writing(name_not_utf8) == Status::bad_data);
}
