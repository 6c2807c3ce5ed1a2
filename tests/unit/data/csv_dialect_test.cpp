// SPDX-License-Identifier: Apache-2.0
// Plain tables as other programs write them: separators, decimal marks, missing marks, line ends, encodings, gzip.
#include <cmath>
#include <doctest/doctest.h>
#include <fstream>
#include <zlib.h>

#include "../../mentions.hpp"
#include "../temporary_directory.hpp"
#include "base/text.hpp"
#include "csv_reading.hpp"

using mml::Dataset;
using mml_test::cells;
using mml_test::Options;
using mml_test::read;
using mml_test::refusal;

namespace {

using Cells = std::vector<float>;
using Names = std::vector<std::string>;
using mml_test::mentions;

Options features_of(Options more = {}) {
    more.emplace_back("format", "plain");
    more.emplace_back("labelled", "false");
    return more;
}

std::string in_utf16(const std::string& text, bool little) {
    std::string out = little ? "\xFF\xFE" : "\xFE\xFF";
    for (const char c : text) out += little ? std::string{c, '\0'} : std::string{'\0', c};
    return out;
}

std::string gzip_of(const std::string& text) {
    std::string out(compressBound(text.size()) + 64, '\0');
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

}  // namespace

TEST_CASE("the separator is found in the first rows") {
    for (const std::string separator : {",", ";", "\t", "|"}) {
        CAPTURE(separator);
        const std::string text = "a" + separator + "\"b" + separator + "c\"" + separator + "d\n1" + separator + "2.5" +
                                 separator + "-3\n4" + separator + separator + "6\n";
        const Dataset dataset = read(text, features_of());
        CHECK(dataset.column_names == Names{"a", "b" + separator + "c", "d"});
        CHECK(cells(dataset, 0) == Cells{1, 2.5F, -3});
        CHECK(std::isnan(cells(dataset, 1)[1]));
    }
    CHECK(read("a;b,c;d\n1;2;3\n", features_of()).column_names == Names{"a", "b,c", "d"});
    CHECK(read("a;b\n1;2\n", features_of({{"separator", "comma"}, {"missing", "1;2"}})).column_names == Names{"a;b"});
    CHECK(read("a|b\n1|2\n", features_of({{"separator", "pipe"}})).columns() == 2);
    CHECK(refusal("a;b;c\n1;2;3\n4;5\n", features_of()) == mentions("row 3", "3", "has 2", "semicolon"));
}

TEST_CASE("a first row for Excel says the separator") {
    const Dataset dataset = read("sep=;\r\na;b\r\n1,5;x\r\n2,5;y\r\n", features_of());
    CHECK(dataset.column_names == Names{"a", "b"});
    CHECK(cells(dataset, 1) == Cells{2.5F, 1});
    CHECK(read("\xEF\xBB\xBFsep=\t\na\tb\n1\t2\n", features_of()).columns() == 2);
    CHECK(read("sep=,b\n1,2\n", features_of()).column_names == Names{"sep=", "b"});
    std::string late = "sep=|\na|b\n";
    for (int i = 0; i < 50000; ++i) late += "1|2\n";
    CHECK(read(late + "x|2\n", features_of()).rows() == 50001);
}

TEST_CASE("a decimal comma is found in the first rows") {
    CHECK(cells(read("a;b\n-1,5;2\n0,378;+3\n", features_of()), 1) == Cells{0.378F, 3});
    CHECK(cells(read("a;b\n-1.5;2\n0.378;3\n", features_of()), 0) == Cells{-1.5F, 2});
    CHECK(cells(read("a,b\n\"1,5\",2\n", features_of()), 0) == Cells{1.5F, 2});
    CHECK(cells(read("a;b\n1,5;2\n", features_of({{"decimal", "comma"}})), 0) == Cells{1.5F, 2});
    CHECK(refusal("a;b\n1,5;2\n", features_of({{"decimal", "point"}})).find("\"1,5\" has a decimal comma") !=
          std::string::npos);
    CHECK(refusal("a;b\n1,5;2\n3.25;1\n", features_of({{"decimal", "comma"}})).find("\"3.25\" has a decimal point") !=
          std::string::npos);
}

TEST_CASE("marks between thousands are refused with a hint") {
    for (const std::string cell : {"\"1,234\"", "\"1,234,567.5\"", "1 234", "1'234'567",
                                   "1\xC2\xA0"
                                   "234",
                                   "1.234.567"}) {
        CAPTURE(cell);
        const std::string message = refusal("a,b\n1.5,1\n" + cell + ",2\n", features_of());
        CHECK(message.find("row 3, column 1 (\"a\")") != std::string::npos);
        CHECK(message.find("marks between its thousands") != std::string::npos);
    }
    CHECK(refusal("a;b\n1,5;2\n1.234,5;2\n", features_of()).find("marks between its thousands") != std::string::npos);
}

TEST_CASE("missing values are written in many ways") {
    for (const std::string mark :
         {"NA", "N/A", "NaN", "nan", "null", "NULL", "n/a", "?", "-", "", " ", "\"\"", "\"NA\"", " NA "}) {
        CAPTURE(mark);
        const Dataset dataset = read("a,b\n1,2\n" + mark + ",3\n", features_of());
        CHECK(std::isnan(cells(dataset, 1)[0]));
        CHECK(cells(dataset, 1)[1] == 3);
    }
    CHECK(std::isnan(cells(read("a,b\n-99,1\n", features_of({{"missing", "x,-99"}})), 0)[0]));
    CHECK(cells(read("a,b\n-99,1\n", features_of()), 0)[0] == -99);
}

TEST_CASE("blanks, signs and quotes around a number") {
    for (const std::string cell :
         {"1.5", "+1.5", " 1.5", "1.5 ", "\"1.5\"", "\" 1.5\"", " \"1.5\" ", "\t1.5", "1.5e0", "15E-1"}) {
        CAPTURE(cell);
        CHECK(cells(read("a, b\n" + cell + ", 2\n", features_of()), 0) == Cells{1.5F, 2});
    }
    CHECK(read("a , b\n1,2\n", features_of()).column_names == Names{"a", "b"});
    CHECK(read("a,b\n+-1,2\n", features_of()).categories[0] == Names{"+-1"});
    CHECK(refusal("a,b\ninf,2\n", features_of()) != "");
}

TEST_CASE("every line end is one") {
    for (const std::string end : {"\n", "\r\n", "\r"}) {
        const Dataset dataset = read("a,b" + end + "1,2" + end + "3,4" + end, features_of());
        CHECK(dataset.rows() == 2);
        CHECK(cells(dataset, 1) == Cells{3, 4});
    }
    CHECK(read("a,b\r\n1,2\r3,4\n5,6", features_of()).rows() == 3);
}

TEST_CASE("encodings") {
    const Options labelled{{"format", "plain"}};
    CHECK(read("x,y\n0,Fr\xC3\xBCh\n", labelled).target->class_names == Names{"Fr\xC3\xBCh"});
    const std::string latin1 = "x,y\n0,a\n0,Fr\xFCh\n";
    CHECK(refusal(latin1, labelled) ==
          mentions("row 3", "column 2", "\"y\"", "\"Fr\\xfch\"", "8", "like", "1", "\"Fr\xC3\xBCh\""));
    CHECK(read(latin1, {{"format", "plain"}, {"encoding", "latin1"}}).target->class_names == Names{"Fr\xC3\xBCh", "a"});
    CHECK(refusal("x\xE4,y\n0,1\n", labelled).find("row 1, column 1") != std::string::npos);
    CHECK(read("x,y\n0,\x80\n", {{"format", "plain"}, {"encoding", "latin1"}}).target->class_names == Names{"\xE2\x82\xAC"});
    for (const bool little : {true, false}) {
        const std::string text = in_utf16("x,y\n1.5,a\n", little);
        CHECK(read(text, labelled).target->class_names == Names{"a"});
        CHECK(cells(read(text, labelled), 0) == Cells{1.5F});
        CHECK(read(text.substr(2), {{"format", "plain"}, {"encoding", little ? "utf-16le" : "utf-16be"}}).rows() == 1);
        CHECK(refusal(text.substr(2), labelled).find("NUL") != std::string::npos);
    }
    const std::string pair = std::string("\xFF\xFEx\0,\0y\0\n\0000\0,\0", 14) + std::string("\x3D\xD8\x00\xDE", 4);
    CHECK(read(pair, labelled).target->class_names == Names{"\xF0\x9F\x98\x80"});
    // Different halves must not become one class, and a file that is cut off must not make a new one.
    for (const std::size_t end : {16U, 15U}) {
        CHECK(refusal(pair.substr(0, end), labelled) ==
              mentions("row 2", "column 2", "\"y\"", "\"\\xed\\xa0\\x80\"", "half", "16"));
    }
}

TEST_CASE("gzip is unpacked in pieces") {
    std::string text = "a,b\n";
    for (int i = 0; i < 100000; ++i) text += mml::concat(i, ",", i % 7, "\n");
    const std::string bytes = gzip_of(text);
    const Dataset dataset = read(bytes, features_of());
    CHECK(dataset.rows() == 100000);
    CHECK(cells(dataset, 99999) == Cells{99999, 4});
    CHECK(read(gzip_of("a,b\n1,2\n") + gzip_of("3,4\n"), features_of()).rows() == 2);
    CHECK(read(gzip_of("a,b\n1,2\n") + std::string(512, '\0'), features_of()).rows() == 1);
    CHECK(refusal(bytes.substr(0, bytes.size() - 9), features_of()) == mentions("gzip", "packed"));
    std::string damaged = bytes;
    damaged[bytes.size() / 2] = static_cast<char>(damaged[bytes.size() / 2] ^ 0x55);
    CHECK(refusal(damaged, features_of()) != "");
    CHECK(refusal(gzip_of("a,b\n1,2\n") + "rest", features_of()).find("are damaged") != std::string::npos);
    const std::string moodle = "nfeatures,targetcolumn,targettype,targetclasses\n1,y,discrete,\"[0,1]\"\nx,y\n1,0\n2,1\n";
    CHECK(read(gzip_of(moodle)).rows() == 2);
}

TEST_CASE("files of other kinds are refused with the way to read them") {
    const std::vector<std::pair<std::string, std::string>> files{{"\x28\xB5\x2F\xFD....", "zstd"},
                                                                 {std::string("\xFD"
                                                                              "7zXZ\0..",
                                                                              8),
                                                                  "xz"},
                                                                 {"BZh91AY", "bzip2"},
                                                                 {"PK\x03\x04....", "CSV"},
                                                                 {"PAR1....", "Parquet"}};
    for (const auto& file : files) {
        CAPTURE(file.second);
        CHECK(refusal(file.first, features_of()).find(file.second) != std::string::npos);
        CHECK(refusal(file.first).find(file.second) != std::string::npos);
    }
}
