// SPDX-License-Identifier: Apache-2.0
// The types of a plain table's columns, and tables that are read for a model.
#include <cmath>
#include <doctest/doctest.h>

#include "base/text.hpp"
#include "csv_reading.hpp"
#include "data/time_cell.hpp"
#include "data/wanted_columns.hpp"

using mml::Categories;
using mml::Dataset;
using mml_test::cells;
using mml_test::config_with;
using mml_test::Options;
using mml_test::refusal;

namespace {

using Levels = std::vector<std::string>;
using FloatRow = std::vector<float>;

Dataset typed(const std::string& text, Options options = {}) {
    options.emplace_back("format", "plain");
    options.emplace_back("labelled", "false");
    return mml_test::read(text, options);
}

std::string refusal_of_typed(const std::string& text, Options options = {}) {
    options.emplace_back("format", "plain");
    options.emplace_back("labelled", "false");
    return refusal(text, options);
}

Dataset read_for(const std::string& text, const mml::WantedColumns& wanted, Options options = {}) {
    options.emplace_back("format", "plain");
    return mml::read_csv_text(text, config_with(options), &wanted);
}

double seconds_of(const std::string& text) {
    double seconds = 0;
    REQUIRE(mml::parse_time(text, seconds));
    return seconds;
}

}  // namespace

TEST_CASE("a column of texts is a category") {
    const Dataset dataset = typed("a,colour,paid\n1,red,True\n2,\"blue\",False\n3,NA,True\n4,red ,False\n");
    CHECK(dataset.categories == Categories{{}, {"red", "blue"}, {"True", "False"}});
    CHECK(cells(dataset, 1) == FloatRow{2, 1, 1});
    CHECK(std::isnan(cells(dataset, 2)[1]));
    CHECK(cells(dataset, 3) == FloatRow{4, 0, 1});
    CHECK(dataset.notes.empty());
    CHECK(typed("a,b\n1,2\n").categories.empty());
}

TEST_CASE("a column is of numbers only where every cell is one") {
    std::string text = "a,b\n";
    for (int i = 0; i < 100000; ++i) text += mml::concat(i, ",1\n");  // longer than what is looked at first
    text += "late,1\n";
    const Dataset dataset = typed(text);
    CHECK(dataset.categories.size() == 2);
    CHECK(dataset.categories[0].front() == "0");
    CHECK(dataset.rows() == 100001);
    REQUIRE(dataset.notes.size() == 1);
    CHECK(dataset.notes[0].starts_with("the data set, row 100002, column 1 (\"a\"): \"late\" is not a finite number"));
    CHECK(typed("a,b\n01067,1\nx,2\n").categories[0] == Levels{"01067", "x"});
}

TEST_CASE("options say another type, ids, and what is ignored") {
    CHECK(typed("zip,b\n01067,1\n1067,2\n", {{"types", "zip=category"}}).categories[0] == Levels{"01067", "1067"});
    CHECK(typed("a,b\n1,1\n2,2\n", {{"types", R"({"a":"category"})"}}).categories[0] == Levels{"1", "2"});
    CHECK(refusal_of_typed("a,b\n1,1\nx,2\n", {{"types", "a=number"}})
              .starts_with("the data set, row 3, column 1 (\"a\"): \"x\" is not a finite number"));
    CHECK(refusal_of_typed("a,b\n1,1\nx,2\n", {{"types", "a=time"}}).find("is not a date or time") != std::string::npos);
    CHECK(refusal_of_typed("a,b\n1,1\n", {{"types", "c=number"}}).find("names no column \"c\"") != std::string::npos);
    CHECK(refusal_of_typed("a,b\n1,1\n", {{"types", "a=colour"}}).find("\"colour\" is not a type") != std::string::npos);
    CHECK(refusal_of_typed("a,b\n1,1\n", {{"ignore", "c"}}).find("names no column \"c\"") != std::string::npos);
    CHECK(refusal_of_typed("a,b\n1,1\n", {{"types", "a=number,a=time"}}).find("gives \"a\" two types") != std::string::npos);
    CHECK(typed("a,b\n1,1\n", {{"types", "a=number,a=number"}}).rows() == 1);
    const Dataset dataset = typed("who,a,\"b,c\"\nann,1,x\nbob,2,y\n", {{"id", "who"}, {"ignore", R"(["b,c"])"}});
    CHECK(dataset.row_ids == Levels{"ann", "bob"});
    CHECK(dataset.column_names == Levels{"a"});
    CHECK(dataset.categories.empty());
}

TEST_CASE("the target cannot be taken out of the table") {
    for (const char* option : {"id", "ignore"}) {
        CAPTURE(option);
        const std::string expected = mml::concat("the data set, row 1: names the column \"b\", which option ", option,
                                                 " takes out, but it is the target: name another by option target");
        CHECK(refusal("a,b\n1,1\n2,2\n", {{"format", "plain"}, {option, "b"}}) == expected);
        CHECK(refusal("b,a\n1,1\n2,2\n", {{"format", "plain"}, {"target", "b"}, {option, "b"}}) == expected);
        CHECK(mml_test::read("a,b\n1,1\n", {{"format", "plain"}, {"target", "a"}, {option, "b"}}).target_name == "a");
        CHECK(mml_test::read("a,b\n1,1\n", {{"format", "plain"}, {"labelled", "false"}, {option, "b"}}).rows() == 1);
    }
}

TEST_CASE("dates and times are numbers") {
    CHECK(seconds_of("1970-01-02") == 86400);
    CHECK(seconds_of("02.01.1970") == 86400);
    CHECK(seconds_of("1970/1/2") == 86400);
    CHECK(seconds_of("1970-01-01T01:00:30Z") == 3630);
    CHECK(seconds_of("1970-01-01 01:00:00.5") == 3600.5);
    CHECK(seconds_of("1970-01-01 02:00+01:00") == 3600);
    CHECK(seconds_of("2024-02-29") == 1709164800.0);
    double seconds = 0;
    for (const char* text : {"2023-02-29", "2024-13-01", "2024-01", "24-01-01", "1.2.3", "2024-01-01T25:00", "2024-01-01 ",
                             "x", "", "2024-01-01T10", "2024-01-01 10:00+99:00", "2024-01/01", "1,5"}) {
        CAPTURE(text);
        CHECK_FALSE(mml::parse_time(text, seconds));
    }
    const Dataset dataset = typed("a,day\n1,2024-01-31\n2,\n3,2024-02-01T12:30\n");
    CHECK(dataset.column_names == Levels{"a", "day", "day (weekday)", "day (month)", "day (hour)"});
    CHECK(cells(dataset, 0) == FloatRow{1, 19753, 3, 1, 0});
    CHECK(std::isnan(cells(dataset, 1)[4]));
    CHECK(cells(dataset, 2)[4] == 12.5F);
    CHECK(typed("a,day\n1,2024-01-31\n2,soon\n").categories[1] == Levels{"2024-01-31", "soon"});
}

TEST_CASE("the type of the target says the task") {
    const std::string text = "a,y\n1,1\n2,2\n3,3\n";
    const auto task = [&](const char* types, const char* task) {
        return mml_test::read(text, {{"format", "plain"}, {"types", types}, {"task", task}}).target->task;
    };
    CHECK(task("", "auto") == mml::Task::classification);
    CHECK(task("y=number", "auto") == mml::Task::regression);
    CHECK(task("y=number", "regression") == mml::Task::regression);
    CHECK(task("y=category", "auto") == mml::Task::classification);
    const auto refused = [&](const char* types, const char* task) {
        return mml_test::refusal(text, {{"format", "plain"}, {"types", types}, {"task", task}});
    };
    CHECK(refused("y=time", "auto").find("a target is a number or a category") != std::string::npos);
    CHECK(refused("y=number", "classification").find("option task is classification") != std::string::npos);
    CHECK(refused("y=category", "regression").find("leave one of them out") != std::string::npos);
    CHECK(mml_test::refusal("a,y\n1,x\n", {{"format", "plain"}, {"types", "y=number"}}).find("not a number") !=
          std::string::npos);
}

TEST_CASE("a file is read for a model by names and types") {
    mml::WantedColumns wanted{{"b", "colour", "a"}, {{}, {"red", "blue"}, {}}, mml::Task::regression, {}, "price"};
    const Dataset dataset =
        read_for("who,colour,a,note,b\nann,red,1,x,2\nbob,mauve,2,y,3\n", wanted, {{"labelled", "false"}});
    CHECK(dataset.row_ids == Levels{"ann", "bob"});
    CHECK(dataset.column_names == Levels{"colour", "a", "b"});
    CHECK(dataset.notes == Levels{"the data set: the model does not use 1 column: \"note\".",
                                  "the data set: column \"colour\" has 1 cell with a category that the model has not seen, "
                                  "such as \"mauve\"."});
    const Dataset labelled = read_for("price,colour,a,b\n7,red,1,2\n8,red,1,2\n", wanted);
    CHECK(labelled.target->values == std::vector<double>{7, 8});
    wanted.task = mml::Task::classification;
    wanted.classes = {"1", "2"};
    CHECK(read_for("price,colour,a,b\n1.0,red,1,2\n2.0,red,1,2\n", wanted).target->class_names == Levels{"1", "2"});
    CHECK(refusal_of_typed("a\nx\n", {{"types", "a=number"}}) != "");
}

TEST_CASE("a labelled Moodle file stands in for an unlabelled one where it is read for a model") {
    const std::string text =
        "nfeatures,targetcolumn,targettype,targetclasses\n2,y,discrete,\"[0,1]\"\na,b,y\n5,6,1\n7,8,0\n";
    const mml::WantedColumns wanted{{"a", "b"}, {}, mml::Task::classification, {"0", "1"}, {}};
    const Dataset dataset = mml::read_csv_text(text, config_with({{"labelled", "false"}}), &wanted);
    CHECK(cells(dataset, 0) == FloatRow{5, 6});
    CHECK(dataset.row_ids.empty());
    CHECK(dataset.notes == Levels{"the data set: the file is labelled; its target, \"y\", is not used."});
    const std::string unlabelled =
        "nfeatures,targetcolumn,targettype,targetclasses\n2,y,discrete,\"[0,1]\"\na,b,y\n5-0,6,1\n";
    CHECK(mml::read_csv_text(unlabelled, config_with({{"labelled", "false"}}), &wanted).row_ids == Levels{"5-0"});
}
