// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <doctest/doctest.h>
#include <string>
#include <vector>

#include "../../mentions.hpp"
#include "../status_of.hpp"
#include "base/text.hpp"
#include "data/csv/record_reader.hpp"

using mml::Config;
using mml::CsvDialect;
using mml::CsvRecord;
using mml::CsvSource;
using mml::RecordReader;
using mml::Status;
using mml_test::mentions;
using mml_test::message_of;
using mml_test::status_of;

namespace {

struct Read {
    std::string text;
    std::int64_t number;
    std::int64_t line;
    bool operator==(const Read&) const = default;
};

// All records of a text that comes `piece` bytes at a time.
std::vector<Read> records(std::string_view text, std::size_t piece = 1 << 20, const Config& config = {},
                          CsvDialect dialect = CsvDialect::php) {
    const CsvSource source("test.csv", dialect, config);
    RecordReader reader(
        [&](std::span<char> buffer) {
            const std::size_t count = text.copy(buffer.data(), std::min(piece, buffer.size()));
            text.remove_prefix(count);
            return count;
        },
        source);
    std::vector<Read> result;
    CsvRecord record;
    while (reader.next(record)) result.push_back({std::string(record.text), record.number, record.line});
    return result;
}

Config with(const char* option, const char* value) {
    Config config;
    config.set(option, value);
    return config;
}

}  // namespace

TEST_CASE("records end with LF, with CR LF, or with the file") {
    const std::vector<Read> expected{{"a,b", 1, 1}, {"1,2", 2, 2}};
    CHECK(records("a,b\n1,2\n") == expected);
    CHECK(records("a,b\r\n1,2\r\n") == expected);
    CHECK(records("a,b\r\n1,2") == expected);
    CHECK(records("a,b\n1,2\r") == expected);
    CHECK(records("").empty());
}

TEST_CASE("records do not depend on the pieces in which the file is read") {
    const std::string text = "\xEF\xBB\xBF\"x\"\"y\",\"a\nb\"\r\n1,\"\\\"\"\n\"c\r\n\",2\n3,4";
    const std::vector<Read> expected{
        {"\"x\"\"y\",\"a\nb\"", 1, 1}, {"1,\"\\\"\"", 2, 3}, {"\"c\r\n\",2", 3, 4}, {"3,4", 4, 6}};
    for (const std::size_t piece : {1U, 2U, 3U, 5U, 7U, 100U}) {
        CAPTURE(piece);
        CHECK(records(text, piece) == expected);
    }
}

TEST_CASE("records longer than the first buffer are read") {
    const std::string cell(400000, 'x');
    const std::string text = mml::concat(cell, ",", cell, "\n\"", cell, "\n\"\nlast");
    for (const std::size_t piece : {100000U, 1U << 20U}) {
        const std::vector<Read> read = records(text, piece);
        REQUIRE(read.size() == 3);
        CHECK(read[0].text == mml::concat(cell, ",", cell));
        CHECK(read[1].text == mml::concat("\"", cell, "\n\""));
        CHECK(read[2] == Read{"last", 3, 4});
    }
}

TEST_CASE("only a byte order mark at the start of the file is left out") {
    CHECK(records("\xEF\xBB\xBF") == std::vector<Read>{});
    CHECK(records("\xEF\xBB") == std::vector<Read>{{"\xEF\xBB", 1, 1}});
    CHECK(records("\xEF\xBB\xBF"
                  "a\n\xEF\xBB\xBF"
                  "b") == std::vector<Read>{{"a", 1, 1},
                                            {"\xEF\xBB\xBF"
                                             "b",
                                             2, 2}});
}

TEST_CASE("empty rows may stand at the end only") {
    CHECK(records("a\n\n\r\n\n") == std::vector<Read>{{"a", 1, 1}});
    CHECK(records("\n\n").empty());
    CHECK(message_of([] { records("a\n\n\nb\n"); }) == mentions("row 2", "empty"));
    CHECK(records("a\n\"\"\nb").size() == 3);
}

TEST_CASE("a quote that never closes is told where it opens") {
    CHECK(message_of([] { records("a,b\n1,\"2\n3,4\n"); }) == mentions("row 2", "column 2", "\"2\\x0a3,4\\x0a\"", "never"));
    CHECK(status_of([] { records("\""); }) == Status::bad_data);
    // Left open by the backslash in one dialect, but not in the other.
    CHECK(status_of([] { records("\"a\\\"\n", 100, {}, CsvDialect::php); }) == Status::bad_data);
    CHECK(records("\"a\\\"\n", 100, {}, CsvDialect::standard).size() == 1);
}

TEST_CASE("what does not end is refused before all of it is in memory") {
    std::string long_cell;
    long_cell.assign(10000000, '7');
    const std::string expected =
        "test.csv, row 1, column 2: \"" + std::string(60, '7') +
        "...\" has more than 1048576 bytes, the limit set by option max_cell_bytes; does a quote never close?";
    CHECK(message_of([&] { records("1," + long_cell); }) == expected);
    CHECK(message_of([&] { records("1,\"" + long_cell); }) == expected);
    CHECK(status_of([&] { records("1," + long_cell); }) == Status::limit);

    std::string commas;
    commas.assign(10000000, ',');
    CHECK(message_of([&] { records(commas); }) == mentions("row 1", "100000", "max_columns"));
    CHECK(message_of([&] { records(long_cell, 1 << 20, with("memory_limit", "1")); }).find("option memory_limit") !=
          std::string::npos);
}
