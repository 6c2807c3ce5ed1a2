// SPDX-License-Identifier: Apache-2.0
// Files of a row of names, then samples.
#include <cmath>
#include <doctest/doctest.h>

#include "../../mentions.hpp"
#include "base/text.hpp"
#include "csv_reading.hpp"

using mml::Dataset;
using mml::Task;
using mml_test::cells;
using mml_test::Options;
using mml_test::read;
using mml_test::refusal;

namespace {

using Indices = std::vector<std::int32_t>;
using Names = std::vector<std::string>;
using mml_test::mentions;

Options plain(Options more = {}) {
    more.emplace_back("format", "plain");
    return more;
}

// The target of a file of one feature and these labels.
mml::Target target_of(const std::vector<std::string>& labels, const Options& options = {}) {
    std::string text = "x,y\n";
    for (const std::string& label : labels) text += "0," + label + "\n";
    return *read(text, plain(options)).target;
}

}  // namespace

TEST_CASE("a plain file has its target in the last column") {
    const Dataset dataset = read("a,\"b, c\",y\n1,,yes\n2.5,-3,no\n", plain());
    CHECK(dataset.column_names == Names{"a", "b, c"});
    CHECK(dataset.named);
    CHECK(dataset.metadata.empty());
    CHECK(dataset.row_ids.empty());
    CHECK(dataset.target->class_names == Names{"no", "yes"});
    CHECK(dataset.target->class_indices == Indices{1, 0});
    CHECK(std::isnan(cells(dataset, 0)[1]));
    CHECK(cells(dataset, 1) == std::vector<float>{2.5F, -3});
}

TEST_CASE("option target names another column") {
    for (const std::string name : {"a", "b", "c"}) {
        const Dataset dataset = read("a,b,c\n1,2,3\n4,5,6\n", plain({{"target", name}, {"task", "regression"}}));
        const std::size_t place = name == "a" ? 0 : name == "b" ? 1 : 2;
        CHECK(dataset.target->values == std::vector<double>{static_cast<double>(place + 1), static_cast<double>(place + 4)});
        CHECK(dataset.columns() == 2);
        std::vector<float> others{4, 5, 6};
        others.erase(others.begin() + static_cast<std::ptrdiff_t>(place));
        CHECK(cells(dataset, 1) == others);
    }
}

TEST_CASE("without a label all columns are features") {
    const Dataset dataset = read("a,b\n1,2\n", plain({{"labelled", "false"}}));
    CHECK_FALSE(dataset.target);
    CHECK(dataset.row_ids.empty());
    CHECK(dataset.column_names == Names{"a", "b"});
    CHECK(cells(dataset, 0) == std::vector<float>{1, 2});
    const Dataset one_column = read("a\n1\n\"\"\n3\n", plain({{"labelled", "false"}}));
    CHECK(one_column.rows() == 3);
    CHECK(std::isnan(cells(one_column, 1)[0]));
}

TEST_CASE("a target of text or of few whole numbers is classes") {
    CHECK(target_of({"b", "a", "b"}).class_names == Names{"a", "b"});
    const mml::Target numbers = target_of({"3", "1.0", "3", "-2"});
    CHECK(numbers.task == Task::classification);
    CHECK(numbers.class_names == Names{"-2", "1", "3"});
    CHECK(numbers.class_indices == Indices{2, 1, 2, 0});
    const mml::Target mixed = target_of({"0.5", "none", "0.25", "1", "all", "none"}, {{"task", "classification"}});
    CHECK(mixed.class_names == Names{"0.25", "0.5", "1", "all", "none"});
    CHECK(mixed.class_indices == Indices{1, 4, 0, 2, 3, 4});
}

TEST_CASE("labels that two spellings would merge as numbers are compared as texts") {
    const mml::Target codes = target_of({"01067", "1067", "10e1", "100", "1067"});
    CHECK(codes.class_names == Names{"100", "10e1", "01067", "1067"});
    CHECK(codes.class_indices == Indices{2, 3, 1, 0, 3});
    CHECK(read("x,y\n0,1\n0,1.0\n", plain()).notes ==
          Names{"the data set: the labels are compared as texts, for as numbers \"1\" and \"1.0\" would be one class."});
}

TEST_CASE("labels that look odd are noted") {
    CHECK(read("x,y\n0,NA\n0,b\n", plain()).notes ==
          Names{"the data set: the label \"NA\" looks like a missing value, but is a class."});
    const Dataset blanks = read("x,y\n0,yes\n0,\"yes \"\n0, yes\n", plain());
    CHECK(blanks.target->class_indices == Indices{0, 1, 0});
    CHECK(blanks.notes == Names{"the data set: the labels \"yes\" and \"yes \" are two classes, but differ in blanks or "
                                "capitals only."});
    CHECK(read("x,y\n0,b\n0,a\n", plain()).notes.empty());
}

TEST_CASE("an odd cell in a target of numbers is refused, not made a class") {
    std::string prices;
    for (int i = 0; i < 30; ++i) prices += mml::concat("0,", i, ".5\n");
    const auto odd = [&](const std::string& cell) {
        return refusal("x,y\n" + prices + "0," + cell + "\n" + prices, plain());
    };
    CHECK(odd("NA") == mentions("row 32", "column 2", "\"y\"", "\"NA\"", "fill"));
    for (const std::string cell : {"3 EUR", "n/k", "$5", "\"3,5\"", "5%"}) {
        CAPTURE(cell);
        CHECK(odd(cell).find("row 32, column 2 (\"y\")") != std::string::npos);
        CHECK(odd(cell).find("task to classification") != std::string::npos);
    }
    const Dataset texts = read("x,y\n" + prices + "0,NA\n", plain({{"task", "classification"}}));
    CHECK(texts.target->class_names.size() == 31);
    std::string comma;
    for (int i = 0; i < 30; ++i) comma += mml::concat("0.5,\"", i, ",25\"\n");
    CHECK(refusal("x,y\n" + comma, plain()).find("decimal to comma") != std::string::npos);
}

TEST_CASE("a target of fractions or of many numbers is a number") {
    const mml::Target fractions = target_of({"0.5", "1"});
    CHECK(fractions.task == Task::regression);
    CHECK(fractions.values == std::vector<double>{0.5, 1});
    Names twenty;
    for (int i = 0; i < 20; ++i) twenty.push_back(std::to_string(i));
    CHECK(target_of(twenty).task == Task::classification);
    Names twenty_one = twenty;
    twenty_one.push_back("20");
    CHECK(target_of(twenty_one).task == Task::regression);
    twenty_one.push_back("some text");
    CHECK(target_of(twenty_one, {{"task", "classification"}}).class_names.size() == 22);
}

TEST_CASE("option task decides what the target is") {
    CHECK(target_of({"0", "1"}, {{"task", "regression"}}).values == std::vector<double>{0, 1});
    CHECK(target_of({"0.5", "0.25"}, {{"task", "classification"}}).class_names == Names{"0.25", "0.5"});
    CHECK(refusal("x,y\n0,a\n", plain({{"task", "regression"}})) ==
          mentions("row 2", "column 2", "\"y\"", "\"a\"", "target"));
}

TEST_CASE("a target that is empty or not finite is refused") {
    CHECK(refusal("x,y\n0,1\n0,\n", plain()) == mentions("row 3", "column 2", "\"y\"", "\"\"", "fill"));
    for (const std::string label : {"nan", "NaN", "inf", "-Infinity"}) {
        CHECK(refusal("x,y\n0," + label + "\n", plain()) ==
              "the data set, row 2, column 2 (\"y\"): \"" + label + "\" is the target, and not a finite number");
    }
}

TEST_CASE("a backslash before a quote means nothing in a plain file") {
    const Dataset dataset = read("x,y\n1,\"a\\\"\n2,\"\"\"b\"\"\"\n", plain());
    CHECK(dataset.target->class_names == Names{"\"b\"", "a\\"});
}

TEST_CASE("a row of numbers in place of the names is noted") {
    CHECK(read("1,2,0\n3,4,1\n", plain()).notes ==
          Names{"the data set: the first row, which names the columns, holds numbers only; is the row of names missing?"});
    CHECK(read("1,b\n3,4\n", plain()).notes.empty());
}

TEST_CASE("defective plain files") {
    CHECK(refusal("", plain()) == mentions("empty"));
    CHECK(refusal("a;b;y\n1;2;0\n", plain({{"separator", "comma"}})) == mentions("row 1", "least"));
    CHECK(refusal("a,b\n1,2\n", plain({{"target", "c"}})) == mentions("row 1", "\"c\"", "target", "\"a\"", "\"b\""));
    CHECK(refusal("a,b,a\n", plain()) == mentions("row 1", "column 3", "\"a\"", "also", "column 1"));
    CHECK(refusal("a,y\n1,0\nx,1\n", plain({{"types", "a=number"}})) ==
          mentions("row 3", "column 1", "\"a\"", "\"x\"", "write", "-0.5", "1.0", "7"));
}
