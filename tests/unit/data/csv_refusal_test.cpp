// SPDX-License-Identifier: Apache-2.0
// What bad input gets: an error that names file, row, column and value.
#include <doctest/doctest.h>
#include <fstream>

#include "../../mentions.hpp"
#include "../temporary_directory.hpp"
#include "csv_reading.hpp"

using mml::Status;
using mml_test::mentions;
using mml_test::Options;
using mml_test::read;
using mml_test::refusal;
using mml_test::status_of_reading;

namespace {

const Options without_target{{"labelled", "false"}};
const std::string head = "nfeatures,targetcolumn,targettype,targetclasses\n2,y,discrete,\"[0,1]\"\na,b,y\n";

// The message for a labelled file of two features whose second row of samples is this.
std::string refusal_of_row(const std::string& row) { return refusal(head + "0,0,0\n" + row + "\n0,0,0\n"); }

mml::Reason reason_of_row(const std::string& row) {
    try {
        read(head + row + "\n");
    } catch (const mml::Error& error) {
        return error.reason();
    }
    FAIL("read");
    return mml::Reason::none;
}

std::string refusal_of_cell(const std::string& cell) { return refusal_of_row("0," + cell + ",1"); }

// The message for metadata with one feature.
std::string refusal_of_metadata(const std::string& names, const std::string& values) {
    return refusal(names + "\n" + values + "\nx,y\n0,1\n");
}

constexpr const char* advice =
    " is not a finite number: write digits with a point, such as -0.5 or 1.0E-7, and nothing where the value is missing";

}  // namespace

TEST_CASE("a file that cannot be read") {
    const mml_test::TemporaryDirectory directory;
    const std::string absent = directory.file("absent.csv");
    CHECK(mml_test::status_of([&] { mml::read_csv_file(absent, {}); }) == Status::input_output);
    CHECK(mml_test::message_of([&] { mml::read_csv_file(absent, {}); }).find(absent) != std::string::npos);
    CHECK(mml_test::status_of([&] { mml::read_csv_file(directory.path(), {}); }) == Status::input_output);
}

TEST_CASE("messages name the file, its control characters escaped") {
    const mml_test::TemporaryDirectory directory;
    const std::string path = directory.file("a\nb.csv");
    std::ofstream(path) << head << "0,x,1\n";
    CHECK(mml_test::message_of([&] { mml::read_csv_file(path, {}); }) ==
          "\"" + directory.file("a\\x0ab.csv") + "\", row 4, column 2 (\"b\"): \"x\"" + advice);
    std::ofstream(path) << head << "0,0.5,1\n";
    CHECK(mml::read_csv_file(path, {}).source == "\"" + directory.file("a\\x0ab.csv") + "\"");
}

TEST_CASE("a file that ends too early") {
    CHECK(refusal("") == mentions("empty"));
    CHECK(refusal("\n\n") == mentions("empty"));
    CHECK(refusal("nfeatures\n") == mentions("ends", "row 1"));
    CHECK(refusal("nfeatures\n1\n") == mentions("ends", "row 2"));
    CHECK(refusal(head + "0,0,0\n0,0") == mentions("row 5", "has 2", "cells", "3"));
    CHECK(refusal(head + "0,0,0\n0,\"0") == mentions("row 5", "column 2", "\"b\"", "\"0\\x0a\"", "never"));
}

TEST_CASE("rows of another length") {
    CHECK(refusal_of_row("0,1") == mentions("row 5", "has 2", "cells", "3"));
    CHECK(refusal_of_row("0,0,1,1") == mentions("row 5", "has 4", "cells", "3"));
    CHECK(refusal_of_row("x") == mentions("row 5", "has 1", "cell", "3"));
    CHECK(refusal_of_row("0,1,2,text,4") == mentions("row 5", "has 5", "cells", "3"));
    CHECK(refusal_of_row("") == mentions("row 5", "empty"));
    CHECK(refusal("nfeatures\n2\nid,a,b\ns1,1\n", without_target) == mentions("row 4", "has 2", "cells", "3"));
}

TEST_CASE("cells that are no numbers") {
    for (const std::string cell :
         {"abc", "nan", "NaN", "inf", "-inf", "Infinity", "0x1A", "+1", " 1", "1 ", "1e", "1_0", "1-2", "NULL"}) {
        CHECK(refusal_of_cell(cell) == "the data set, row 5, column 2 (\"b\"): \"" + cell + "\"" + advice);
    }
    CHECK(refusal_of_cell("\"0,5\"") == std::string("the data set, row 5, column 2 (\"b\"): \"0,5\"") + advice);
    CHECK(refusal_of_cell("\"5\n\"") == std::string("the data set, row 5, column 2 (\"b\"): \"5\\x0a\"") + advice);
    CHECK(refusal_of_cell("\xE9") == std::string("the data set, row 5, column 2 (\"b\"): \"\\xe9\"") + advice);
    CHECK(refusal_of_cell("\"0\"1") == mentions("row 5", "column 2", "\"b\"", "\"0\"", "closing"));
    // A decimal comma without quotes makes one cell more.
    CHECK(refusal_of_cell("0,5") == mentions("row 5", "has 4", "cells", "3"));
}

TEST_CASE("bad cells are found wherever they stand") {
    std::string text = head;
    for (int i = 0; i < 1000; ++i) text += "0,0,0\n";
    CHECK(refusal(text + "0,abc,0\n") == std::string("the data set, row 1004, column 2 (\"b\"): \"abc\"") + advice);
    CHECK(refusal(text + "0,0\n") == mentions("row 1004", "has 2", "cells", "3"));
    CHECK(refusal(text + "0\n") == mentions("row 1004", "has 1", "cell", "3"));
    CHECK(refusal(text + "0,0,0,0\n") == mentions("row 1004", "has 4", "cells", "3"));
    CHECK(refusal(text + "0,0,2\n") == mentions("row 1004", "column 3", "\"y\"", "\"2\"", "none", "\"0\"", "\"1\""));
}

TEST_CASE("the line is told where it is not the row") {
    CHECK(refusal("nfeatures\n1\n\"i\nd\",a\ns1,x\n", without_target) ==
          std::string("the data set, row 4 (line 5), column 2 (\"a\"): \"x\"") + advice);
}

TEST_CASE("numbers beyond float32") {
    for (const std::string cell : {"3.5e38", "-1e39", "1e400", "3.4028236e38"}) {
        CHECK(refusal_of_cell(cell) == "the data set, row 5, column 2 (\"b\"): \"" + cell +
                                           "\" is beyond the range of 32-bit floating-point numbers (3.4E38)");
    }
}

TEST_CASE("binary files") {
    CHECK(refusal_of_row(std::string("0,\0", 3) + ",1") ==
          mentions("row 5", "column 2", "\"b\"", "\"\\x00\"", "binary", "8"));
    CHECK(refusal(std::string("\x7F"
                              "ELF\x02\x01\x01\0\0\0\n",
                              11)) ==
          mentions("row 1", "column 1", "\"\\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00\"", "binary", "8"));
    CHECK(refusal(std::string("nfeatures\n1\nid,a\ns\0,0\n", 22), without_target) ==
          mentions("row 4", "column 1", "\"id\"", "\"s\\x00\"", "binary", "8"));
}

TEST_CASE("a cell of 10 MB") {
    std::string digits;
    digits.assign(10000000, '1');
    CHECK(status_of_reading(head + "0," + digits + ",0\n") == Status::limit);
    CHECK(status_of_reading(head + "0,\"" + digits + "\",0\n") == Status::limit);
    CHECK(refusal(head + "0," + digits + ",0\n") ==
          "the data set, row 4, column 2 (\"b\"): \"" + std::string(60, '1') +
              "...\" has more than 1048576 bytes, the limit set by option max_cell_bytes; does a quote never close?");
    const Options small{{"max_cell_bytes", "32"}};
    CHECK(status_of_reading(head + "0,0." + std::string(30, '1') + ",0\n", small) == Status::ok);
    CHECK(status_of_reading(head + "0,0." + std::string(31, '1') + ",0\n", small) == Status::limit);
}

TEST_CASE("limits of rows, columns and memory") {
    CHECK(status_of_reading(head + "0,0,0\n0,0,1\n", {{"max_rows", "2"}}) == Status::ok);
    CHECK(refusal(head + "0,0,0\n0,0,1\n", {{"max_rows", "1"}}) == mentions("row 5", "1", "max_rows"));
    CHECK(status_of_reading(head, {{"max_columns", "3"}}) == Status::ok);
    CHECK(refusal(head, {{"max_columns", "2"}}) == mentions("row 3", "2", "max_columns"));
    CHECK(refusal("nfeatures\n100001\nx,y\n") == mentions("row 2", "column 1", "\"100001\"", "100000", "max_columns"));
    CHECK(refusal("nfeatures\n1\nid,a\ns,1,2,3,4,5\n", {{"labelled", "false"}, {"max_columns", "5"}}) ==
          mentions("row 4", "5", "max_columns"));

    std::string rows = head;
    for (int i = 0; i < 100000; ++i) rows += i % 2 == 0 ? "1.5,2.5,0\n" : "0.5,0.25,1\n";
    CHECK(status_of_reading(rows, {{"memory_limit", "10"}}) == Status::ok);
    CHECK(status_of_reading(rows, {{"memory_limit", "1"}}) == Status::limit);
    CHECK(refusal(rows, {{"memory_limit", "1"}})
              .find("reading so far takes more than 1 megabytes, the limit set by option memory_limit") !=
          std::string::npos);
}

TEST_CASE("metadata that are missing, doubled or not as they must be") {
    CHECK(refusal_of_metadata("targettype", "discrete") == mentions("row 1", "Moodle"));
    CHECK(refusal("a,b,y\n0,0,1\n0,0,1\n").find("row 1 names no nfeatures") != std::string::npos);
    CHECK(refusal_of_metadata("nfeatures,nfeatures", "1,1") == mentions("row 1", "column 2", "\"nfeatures\"", "named"));
    CHECK(refusal_of_metadata("nfeatures,targettype", "1") == mentions("row 2", "2", "has 1", "row 1", "plain"));
    for (const std::string value : {"x", "", "1.5", "0", "-1", "1|2", "99999999999999999999"}) {
        CHECK(refusal_of_metadata("nfeatures,targettype", value + ",discrete") ==
              "the data set, row 2, column 1: \"" + value +
                  "\" is the value of nfeatures, which is a whole number from 1 on");
    }
    CHECK(refusal_of_metadata("nfeatures,targettype", "1,ordinal") ==
          mentions("row 2", "column 2", "\"ordinal\"", "targettype"));
}

TEST_CASE("targetclasses that are no list of different classes") {
    for (const std::string value : {"0 1", "{}", "[]", "[0,1", "7", "[0]|x"}) {
        CHECK(refusal_of_metadata("nfeatures,targetclasses", "1,\"" + value + "\"") ==
              "the data set, row 2, column 2: \"" + value +
                  "\" is the value of targetclasses, which is a JSON list such as \"[0,1]\"");
    }
    CHECK(refusal_of_metadata("nfeatures,targetclasses", "1,\"[0,[1]]\"") ==
          mentions("row 2", "column 2", "\"[0,[1]]\"", "elements"));
    CHECK(refusal_of_metadata("nfeatures,targetclasses", "1,\"[1,0,1.0]\"") ==
          mentions("row 2", "column 2", "\"[1,0,1.0]\"", "\"1.0\"", "occurs"));
}

TEST_CASE("labels outside targetclasses") {
    for (const std::string label : {"2", "x", "0.5", "1e99"}) {
        CHECK(refusal_of_row("0,0," + label) ==
              "the data set, row 5, column 3 (\"y\"): \"" + label + "\" is none of the targetclasses \"0\", \"1\"");
    }
    CHECK(reason_of_row("0,0,2") == mml::Reason::foreign_label);
    for (const char* row : {"0,0,nan", "0,0,2,0", "0,x,2"}) CHECK(reason_of_row(row) == mml::Reason::none);
    CHECK(refusal_of_row("0,0,nan") == mentions("row 5", "column 3", "\"y\"", "\"nan\"", "finite"));
    const std::string found = "nfeatures,targettype\n1,discrete\nx,y\n0,";
    CHECK(refusal(found + "yes\n") == mentions("row 4", "column 2", "\"y\"", "\"yes\"", "target"));
    const std::string linear = "nfeatures,targettype\n1,linear\nx,y\n0,";
    CHECK(refusal(linear + "yes\n") == mentions("row 4", "column 2", "\"y\"", "\"yes\"", "target"));
    CHECK(refusal(linear + "1e400\n") == mentions("row 4", "column 2", "\"y\"", "\"1e400\"", "of 64", "floating", "1.8"));
}

TEST_CASE("metadata that contradict the row of names") {
    CHECK(refusal("nfeatures\n3\na,b,y\n0,0,1\n") == mentions("row 3", "3", "contradicts", "row 2", "target"));
    CHECK(refusal("nfeatures\n1\na,b,y\n0,0,1\n") == mentions("row 3", "3", "contradicts", "1", "row 2", "target"));
    CHECK(refusal("nfeatures,targetcolumn\n2,z\na,b,y\n") ==
          mentions("row 3", "column 3", "\"y\"", "last", "\"z\"", "row 2"));
    CHECK(refusal("nfeatures\n3\na,a,b,y\n") == mentions("row 3", "column 2", "\"a\"", "also", "column 1"));
    CHECK(refusal("nfeatures\n1\nid,a,b,c\ns,0\n", without_target) == mentions("row 3", "4", "1", "row 2", "unlabelled"));
    CHECK(refusal("nfeatures\n3\na\ns,0,0,0\n", without_target) == mentions("row 3", "3", "1", "row 2", "unlabelled"));
}

TEST_CASE("long and malicious values are shortened and escaped") {
    const std::string message = refusal_of_cell(std::string("\x1b[31m") + std::string(5000, 'x'));
    CHECK(message == "the data set, row 5, column 2 (\"b\"): \"\\x1b[31m" + std::string(55, 'x') + "...\"" + advice);
    CHECK(refusal("nfeatures\n1\n\"a\nb\",y\nx,1\n") ==
          std::string("the data set, row 4 (line 5), column 1 (\"a\\x0ab\"): \"x\"") + advice);
}
