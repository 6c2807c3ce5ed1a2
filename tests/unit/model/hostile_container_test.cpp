// SPDX-License-Identifier: Apache-2.0
// Files whose gzip frame is whole, with a header that someone wrote to do harm.
#include <doctest/doctest.h>
#include <limits>
#include <string>
#include <vector>

#include "../../mentions.hpp"
#include "../status_of.hpp"
#include "base/little_endian.hpp"
#include "model/container.hpp"
#include "model/gzip.hpp"

using mml::Status;
using mml_test::mentions;
using mml_test::message_of;
using mml_test::status_of;

namespace {

const std::string texts = R"("__metadata__":{"format":"moodleml","format_version":"1","kind":"model"})";

std::string file_of(const std::string& payload) {
    mml::GzipWriter writer(6);
    writer.append(payload);
    return writer.finish();
}

std::string padded(std::string header) {
    header.resize((header.size() + 7) / 8 * 8, ' ');
    return header;
}

std::string payload_of(const std::string& header, std::size_t data_size, std::uint64_t header_length) {
    std::string payload;
    mml::append_little_endian(payload, header_length);
    return payload + header + std::string(data_size, '\1');
}

mml::Container read_header(const std::string& header, std::size_t data_size = 0) {
    const std::string text = padded(header);
    return mml::container_from_bytes(file_of(payload_of(text, data_size, text.size())), "model", "m", 1U << 26U);
}

Status status_of_reading(const std::string& header, std::size_t data_size = 0) {
    return status_of([&] { read_header(header, data_size); });
}

std::string reason_to_refuse(const std::string& header, std::size_t data_size = 0) {
    const std::string start = "\"m\": not a valid file of libmoodleml: ";
    const std::string message = message_of([&] { read_header(header, data_size); });
    CHECK(message.starts_with(start));
    return message.substr(std::min(message.size(), start.size()));
}

std::string with(const std::string& tensors) { return "{" + texts + "," + tensors + "}"; }

std::string tensor(const std::string& dtype, const std::string& shape, const std::string& offsets) {
    return R"({"dtype":)" + dtype + R"(,"shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

// A header whose one tensor is described so.
std::string with_x(const std::string& dtype, const std::string& shape, const std::string& offsets) {
    return with(R"("x":)" + tensor(dtype, shape, offsets));
}

}  // namespace

TEST_CASE("the headers of these tests are read where nothing is wrong with them") {
    CHECK(status_of_reading("{" + texts + "}") == Status::ok);
    CHECK(status_of_reading(with_x(R"("F32")", "[2]", "[0,8]"), 8) == Status::ok);
    CHECK(status_of_reading(with_x(R"("F64")", "[1,1,1,1,1,1,1,1]", "[0,8]"), 8) == Status::ok);
    CHECK(status_of_reading(with_x(R"("I64")", "[0,4294967295]", "[0,0]")) == Status::ok);
    CHECK(status_of_reading(
              with(R"("a":)" + tensor(R"("I32")", "[]", "[0,4]") + R"(,"b":)" + tensor(R"("I32")", "[]", "[4,8]")), 8) ==
          Status::ok);
}

TEST_CASE("a newer format is told with both numbers, whatever else the file holds") {
    const std::string newer = R"("__metadata__":{"format":"moodleml","format_version":"3","kind":"forest"})";
    const std::string message = "\"m\": written in format 3, this library reads up to format 2: update libmoodleml";
    CHECK(message_of([&] { read_header("{" + newer + "}"); }) == message);
    CHECK(message_of([&] { read_header("{" + newer + R"(,"x":{"dtype":"BF16","sparse":true,"parts":[[{}]]}})", 5); }) ==
          message);
    CHECK(status_of_reading("{" + newer + "}") == Status::newer_format);
    CHECK(status_of_reading(R"({"__metadata__":{"format":"moodleml","format_version":"999999999"}})") ==
          Status::newer_format);
}

TEST_CASE("format, its version and the kind") {
    const auto texts_only = [](const std::string& content) { return R"({"__metadata__":{)" + content + "}}"; };
    CHECK(reason_to_refuse(texts_only("")) == mentions("\"format\"", "\"moodleml\""));
    CHECK(reason_to_refuse(texts_only(R"("format":"pt")")) == mentions("\"format\"", "\"moodleml\""));
    for (const char* version : {"", "0", "-1", "01", " 1", "1 ", "1.0", "one", "99999999999999999999"}) {
        CHECK(reason_to_refuse(texts_only(R"("format":"moodleml","format_version":")" + std::string(version) + "\"")) ==
              "its \"format_version\" is \"" + std::string(version) + "\"");
    }
    CHECK(reason_to_refuse(texts_only(R"("format":"moodleml","format_version":"1")")) ==
          mentions("kind", "\"\"", "\"model\""));
    CHECK(reason_to_refuse(texts_only(R"("format":"moodleml","format_version":"1","kind":"samples")")) ==
          mentions("kind", "\"samples\"", "\"model\""));
}

TEST_CASE("the texts come first, once, and are texts") {
    const std::string first = "its header does not begin with \"__metadata__\"";
    CHECK(reason_to_refuse("{}") == first);
    CHECK(reason_to_refuse(R"({"x":)" + tensor(R"("F32")", "[0]", "[0,0]") + "," + texts + "}") == first);
    CHECK(reason_to_refuse("[" + texts + "]") == first);
    CHECK(reason_to_refuse("\xEF\xBB\xBF{" + texts + "}") == first);
    CHECK(reason_to_refuse(" {" + texts + "}") == first);
    CHECK(reason_to_refuse(with(texts)) == mentions("\"__metadata__\"", "twice"));
    CHECK(reason_to_refuse(R"({"__metadata__":{"format":"moodleml","format":"moodleml"}})") ==
          mentions("text", "\"format\""));
    for (const char* value : {"1", "1.5", "-1", "true", "null", "{}", "[]", R"(["x"])"}) {
        CHECK(reason_to_refuse(R"({"__metadata__":{"format":)" + std::string(value) + "}}") ==
              mentions("unexpected", "\"__metadata__\""));
        CHECK(reason_to_refuse(R"({"__metadata__":)" + std::string(value) + "}") != "");
    }
}

TEST_CASE("only the four types of number") {
    for (const char* dtype : {"BF16", "F16", "U8", "BOOL", "f32", "F32 ", "", "F8_E4M3"}) {
        const std::string name(dtype);
        CHECK(reason_to_refuse(with_x("\"" + name + "\"", "[1]", "[0,4]"), 4) == "unknown type of number \"" + name + "\"");
    }
    for (const char* dtype : {"1", "null", "[]", "{}", R"(["F32"])"}) {
        CHECK(reason_to_refuse(with_x(dtype, "[1]", "[0,4]"), 4) == mentions("unexpected", "\"x\""));
    }
}

TEST_CASE("shapes that are none, or make more numbers than there are") {
    for (const char* shape :
         {"[-1]", "[1.0]", "[1e0]", "[18446744073709551615]", "[9223372036854775808]", "[99999999999999999999999]", "[true]",
          "[[1]]", "[\"1\"]", "[{}]", "1", "{}", "null", "[1,1,1,1,1,1,1,1,1]"}) {
        CAPTURE(shape);
        CHECK(reason_to_refuse(with_x(R"("F32")", shape, "[0,4]"), 4) == mentions("unexpected", "\"x\""));
    }
    for (const char* shape :
         {"[2]", "[0]", "[9223372036854775807]", "[4611686018427387905,4]", "[4294967296,4294967296]",
          "[2147483648,2147483648,4,1]", "[4294967297,4294967297]", "[0,4294967296]", "[9223372036854775807,0]"}) {
        CAPTURE(shape);
        CHECK(reason_to_refuse(with_x(R"("F32")", shape, "[0,4]"), 4) == mentions("shape", "\"x\"", "does"));
    }
    // No numbers, but lengths that a reader might count to.
    CHECK(status_of_reading(with_x(R"("F32")", "[4294967296,0]", "[0,0]")) == Status::bad_model);
    CHECK(status_of_reading(with_x(R"("F32")", "[65536,0,65536]", "[0,0]")) == Status::bad_model);
}

TEST_CASE("offsets that are none, overlap, leave gaps or lead outside") {
    for (const char* offsets :
         {"[0]", "[]", "[0,4,4]", "[0,-4]", "[0,4.0]", "[0,\"4\"]", "4", "[[0,4]]", "[0,18446744073709551616]"}) {
        CAPTURE(offsets);
        CHECK(reason_to_refuse(with_x(R"("F32")", "[1]", offsets), 4) == mentions("unexpected", "\"x\""));
    }
    for (const char* offsets : {"[4,0]", "[0,8]", "[0,3]", "[0,18446744073709551615]", "[18446744073709551612,0]"}) {
        CAPTURE(offsets);
        CHECK(reason_to_refuse(with_x(R"("F32")", "[1]", offsets), 4) == mentions("shape", "\"x\"", "does"));
    }
    const auto two = [](const std::string& first, const std::string& second) {
        return with(R"("a":)" + tensor(R"("F32")", "[2]", first) + R"(,"b":)" + tensor(R"("F32")", "[2]", second));
    };
    CHECK(status_of_reading(two("[0,8]", "[8,16]"), 16) == Status::ok);
    const std::string not_in_order = "tensor \"b\" does not begin where the one before it ends";
    CHECK(reason_to_refuse(two("[0,8]", "[0,8]"), 16) == not_in_order);
    CHECK(reason_to_refuse(two("[0,8]", "[4,12]"), 16) == not_in_order);
    CHECK(reason_to_refuse(two("[0,8]", "[12,20]"), 20) == not_in_order);
    CHECK(reason_to_refuse(two("[0,8]", "[18446744073709551600,18446744073709551608]"), 16) == not_in_order);
    CHECK(reason_to_refuse(two("[8,16]", "[0,8]"), 16) == mentions("\"a\"", "begin"));
    CHECK(reason_to_refuse(two("[0,8]", "[8,16]"), 15) == mentions("tensors", "fill"));
    CHECK(reason_to_refuse(two("[0,8]", "[8,16]"), 17) == mentions("tensors", "fill"));
    CHECK(reason_to_refuse("{" + texts + "}", 8) == mentions("tensors", "fill"));
    CHECK(reason_to_refuse(with_x(R"("F64")", "[4000000000]", "[0,32000000000]")) == mentions("tensors", "fill"));
}

TEST_CASE("a tensor has its three fields once, and its name once") {
    CHECK(reason_to_refuse(with(R"("x":{})")) == mentions("\"x\"", "dtype", "shape"));
    CHECK(reason_to_refuse(with(R"("x":{"dtype":"F32","shape":[0]})")) == mentions("\"x\"", "dtype", "shape"));
    CHECK(reason_to_refuse(with(R"("x":{"dtype":"F32","dtype":"F32","shape":[0]})")) == mentions("\"x\"", "dtype", "twice"));
    CHECK(reason_to_refuse(with(R"("x":{"dtype":"F32","stride":[1]})")) == mentions("\"x\"", "field", "\"stride\""));
    const std::string empty = R"("x":)" + tensor(R"("F32")", "[0]", "[0,0]");
    CHECK(reason_to_refuse(with(empty + "," + empty)) == mentions("\"x\"", "there", "twice"));
    CHECK(reason_to_refuse(with(empty + R"(,"\u0078":{})")) == mentions("\"x\"", "there", "twice"));
    const std::string nameless = R"("":)" + tensor(R"("F32")", "[0]", "[0,0]");
    CHECK(status_of_reading(with(nameless)) == Status::ok);
    CHECK(reason_to_refuse(with(nameless + "," + nameless)) == mentions("\"\"", "twice"));
    for (const char* value : {"1", "1.5", "-1", "\"F32\"", "true", "null", "[]"}) {
        CHECK(reason_to_refuse(with(R"("x":)" + std::string(value))) == mentions("unexpected", "\"x\""));
    }
}

TEST_CASE("deep nesting is refused at its first level too many") {
    const std::string deep_lists(1'000'000, '[');
    std::string deep_objects;
    for (int i = 0; i < 100'000; ++i) deep_objects += R"({"a":)";
    CHECK(reason_to_refuse(deep_lists) == mentions("begin", "\"__metadata__\""));
    CHECK(reason_to_refuse(deep_objects) == mentions("begin", "\"__metadata__\""));
    CHECK(reason_to_refuse(with(R"("x":{"shape":)" + deep_lists)) == mentions("unexpected", "\"x\""));
    CHECK(reason_to_refuse(with(R"("x":{"shape":)" + deep_objects)) == mentions("unexpected", "\"x\""));
    CHECK(reason_to_refuse(R"({"__metadata__":)" + deep_lists) == mentions("unexpected", "\"__metadata__\""));
}

TEST_CASE("text that is no JSON") {
    const std::vector<std::string> wrong{"{",
                                         "{" + texts,
                                         "{" + texts + "}}",
                                         "{" + texts + "} x",
                                         "{" + texts + ",}",
                                         "{" + texts + "}" + std::string(1, '\0') + "}",
                                         "{" + texts + R"(,"x":{"dtype":"F3)",
                                         "{" + texts + "/**/}",
                                         "{'a':1}",
                                         "{\"a\xff\":1}",
                                         with(R"("x":1e999)"),
                                         with(R"("\ud800":{})")};
    for (const std::string& text : wrong) {
        CAPTURE(text);
        CHECK(reason_to_refuse(text).starts_with("its header is not JSON text at byte "));
    }
}

TEST_CASE("a header length that does not fit the bytes there are") {
    const std::string header = padded("{" + texts + "}");
    const auto reason = [&](std::uint64_t length) {
        return message_of(
            [&] { mml::container_from_bytes(file_of(payload_of(header, 0, length)), "model", "m", 1U << 26U); });
    };
    CHECK(reason(header.size()).empty());
    for (const std::uint64_t length : {header.size() + 8, header.size() - 1, header.size() + 1, std::size_t{1} << 40U,
                                       std::size_t{1} << 63U, std::numeric_limits<std::size_t>::max() - 7}) {
        CHECK(reason(length) == mentions("\"m\"", "length"));
    }
    CHECK(reason(0) == mentions("\"m\"", "begin", "\"__metadata__\""));
    CHECK(reason(header.size() - 8).starts_with("\"m\": not a valid file of libmoodleml: its header is not JSON text"));
    for (const std::size_t size : {0U, 1U, 7U}) {
        CHECK(message_of([&] { mml::container_from_bytes(file_of(std::string(size, '\0')), "model", "m", 1000); }) ==
              mentions("\"m\"", "valid", "short"));
    }
}

TEST_CASE("a header beyond what real files have is refused before its memory is taken") {
    const std::string text(mml::largest_container_header + 8, ' ');
    const std::string file = file_of(payload_of(text, 0, text.size()));
    CHECK(message_of([&] { mml::container_from_bytes(file, "model", "m", 1U << 30U); }) ==
          mentions("\"m\"", "has 67108872", "67108864", "shorter"));
}

TEST_CASE("what takes more than memory_limit to read is refused") {
    const std::string header = padded("{" + texts + R"(,"x":{"dtype":"F32","shape":[250000],"data_offsets":[0,1000000]}})");
    const std::string file = file_of(payload_of(header, 1000000, header.size()));
    const auto read = [&](std::int64_t megabytes) {
        mml::container_from_bytes(file, "model", "m", 1U << 20U, mml::Loading(mml::MemoryLimit(megabytes)));
    };
    CHECK(status_of([&] { read(0); }) == Status::ok);
    CHECK(status_of([&] { read(3); }) == Status::ok);
    CHECK(status_of([&] { read(1); }) == Status::limit);
    CHECK(message_of([&] { read(1); }) == mentions("\"m\"", "reading", "3", "1"));
}

TEST_CASE("reading a file ends when the caller asks, though its bytes are few") {
    // 256 MB of zeros in some 260 kB.
    constexpr std::size_t size = std::size_t{1} << 28U;
    const std::string header =
        padded("{" + texts + R"(,"x":{"dtype":"F32","shape":[67108864],"data_offsets":[0,268435456]}})");
    const std::string file = file_of(payload_of(header, size, header.size()));
    int calls = 0;
    mml::Supervisor supervisor({1, 0, [&](const mml::ProgressReport&) { return ++calls < 5; }});
    CHECK(status_of([&] {
              mml::container_from_bytes(file, "model", "m", std::uint64_t{1} << 30U,
                                        mml::Loading(mml::MemoryLimit(), &supervisor));
          }) == Status::cancelled);
    CHECK(calls == 5);
}
