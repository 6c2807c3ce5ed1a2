// SPDX-License-Identifier: Apache-2.0
// Moodle's files as they should be, and as producers other than core write them.
#include <cmath>
#include <doctest/doctest.h>
#include <limits>

#include "../../mentions.hpp"
#include "csv_reading.hpp"

using mml::Dataset;
using mml::Status;
using mml::Task;
using mml_test::cells;
using mml_test::Options;
using mml_test::read;
using mml_test::refusal;

namespace {

const Options unlabelled{{"labelled", "false"}};

using Indices = std::vector<std::int32_t>;
using Names = std::vector<std::string>;
using mml_test::mentions;

// A labelled file of one feature, whose target the metadata describe.
std::string with_target(const std::string& names, const std::string& values, const std::string& labels) {
    std::string text = "nfeatures," + names + "\n1," + values + "\nx,y\n";
    for (std::size_t begin = 0; begin <= labels.size();) {
        const std::size_t end = std::min(labels.find(' ', begin), labels.size());
        text += "0," + labels.substr(begin, end - begin) + "\n";
        begin = end + 1;
    }
    return text;
}

}  // namespace

TEST_CASE("a labelled file as Moodle's core writes it") {
    const Dataset dataset = read(
        "timesplitting,nfeatures,moodleversion,targetcolumn,targettype,targetclasses\n"
        "\"\\core\\analytics\\time_splitting\\quarters\",3,2024100700,\"\\core_course\\analytics\\target\\dropout\","
        "discrete,\"[0,1]\"\n"
        "range/0,\"\\core\\a \"\"b\"\"\",indicator,\"\\core_course\\analytics\\target\\dropout\"\n"
        "1,-0.5,1.0E-7,0\n"
        "0,,0.33,1\n");
    CHECK(dataset.source == "the data set");
    CHECK(dataset.rows() == 2);
    CHECK(dataset.columns() == 3);
    CHECK(dataset.named);
    CHECK(dataset.column_names == Names{"range/0", R"(\core\a "b")", "indicator"});
    CHECK(dataset.row_ids.empty());
    CHECK(dataset.id_column_name.empty());
    CHECK(dataset.weights.empty());
    CHECK(dataset.notes.empty());
    REQUIRE(dataset.metadata.size() == 6);
    CHECK(dataset.metadata[0] ==
          std::pair<std::string, std::string>("timesplitting", R"(\core\analytics\time_splitting\quarters)"));
    CHECK(dataset.metadata[5] == std::pair<std::string, std::string>("targetclasses", "[0,1]"));
    REQUIRE(dataset.target);
    CHECK(dataset.target->task == Task::classification);
    CHECK(dataset.target->class_names == Names{"0", "1"});
    CHECK(dataset.target->class_indices == Indices{0, 1});
    CHECK(dataset.target->values.empty());
    CHECK(cells(dataset, 0) == std::vector<float>{1, -0.5F, 1e-7F});
    const std::vector<float> second = cells(dataset, 1);
    CHECK(second[0] == 0);
    CHECK(std::isnan(second[1]));
    CHECK(second[2] == 0.33F);
}

TEST_CASE("metadata come in any order, with unknown names, and are kept") {
    const Dataset dataset = read(
        "nclasses,targetclasses,what ever,nfeatures\n"
        "2,\"[0,1]\",\"a,b\",1\n"
        "x,y\n0.5,1\n");
    CHECK(dataset.metadata.size() == 4);
    CHECK(dataset.metadata[2] == std::pair<std::string, std::string>("what ever", "a,b"));
    CHECK(dataset.target->class_indices == Indices{1});
}

TEST_CASE("CR LF, a byte order mark and an absent last line end change nothing") {
    const std::string lines[] = {"nfeatures,targetclasses", "1,\"[0,1]\"", "x,y", "0.5,1", "1,0"};
    for (const std::string line_end : {"\n", "\r\n"}) {
        for (const std::string begin : {"", "\xEF\xBB\xBF"}) {
            std::string text = begin;
            for (const std::string& line : lines) text += (text == begin ? "" : line_end) + line;
            const Dataset dataset = read(text);
            CHECK(dataset.target->class_indices == Indices{1, 0});
            CHECK(dataset.metadata[0].first == "nfeatures");
            CHECK(cells(dataset, 0) == std::vector<float>{0.5F});
            CHECK(read(text + line_end).rows() == 2);
        }
    }
}

TEST_CASE("a file without samples is a data set without rows") {
    const Dataset labelled = read("nfeatures,targetclasses\n2,\"[0,1]\"\na,b,y\n");
    CHECK(labelled.rows() == 0);
    CHECK(labelled.columns() == 2);
    CHECK(labelled.target->class_names == Names{"0", "1"});
    const Dataset without_labels = read("nfeatures\n2\nid,a,b", unlabelled);
    CHECK(without_labels.rows() == 0);
    CHECK(without_labels.columns() == 2);
}

TEST_CASE("labels compare with targetclasses as numbers") {
    CHECK(read(with_target("targetclasses", "\"[0,1]\"", "1 1.0 0.00 1e0 -0  01")).target->class_indices ==
          Indices{1, 1, 0, 1, 0, 0, 1});
    CHECK(read(with_target("targetclasses", "\"[2, 0.5, -1]\"", "-1.0 0.50 2")).target->class_indices == Indices{2, 1, 0});
}

TEST_CASE("classes are called as the elements of targetclasses read") {
    const Dataset dataset = read(with_target("targetclasses", R"("[""1"",""fail"",2.50,30]")", "2.5 1 30 fail"));
    CHECK(dataset.target->class_names == Names{"1", "fail", "2.5", "30"});
    CHECK(dataset.target->class_indices == Indices{2, 0, 3, 1});
}

TEST_CASE("classes without targetclasses are the labels, sorted as numbers") {
    const Dataset dataset = read(with_target("targettype", "discrete", "10 2 -1 2.0  100000"));
    CHECK(dataset.target->task == Task::classification);
    CHECK(dataset.target->class_names == Names{"-1", "0", "2", "10", "100000"});
    CHECK(dataset.target->class_indices == Indices{3, 2, 0, 2, 1, 4});
}

TEST_CASE("a linear target makes a regression") {
    const Dataset dataset = read(with_target("targettype,targetmin,targetmax", "linear,0,1", "0.25  1E-3 0.1"));
    CHECK(dataset.target->task == Task::regression);
    CHECK(dataset.target->values == std::vector<double>{0.25, 0, 0.001, 0.1});
    CHECK(dataset.target->class_names.empty());
    CHECK(dataset.target->class_indices.empty());
    // Also where only its range tells.
    CHECK(read(with_target("targetmin,targetmax", "0,1", "0.25")).target->task == Task::regression);
}

TEST_CASE("metadata may carry quotes of their own") {
    CHECK(read(with_target("targettype", R"("""linear""")", "1")).target->task == Task::regression);
    CHECK(read(with_target("targettype", R"("""discrete""")", "1")).target->task == Task::classification);
    CHECK(read(with_target("targetclasses", R"("""[0,1]""")", "1")).target->class_names == Names{"0", "1"});
}

TEST_CASE("metadata of merged files") {
    const Dataset dataset = read(
        "moodleversion,nfeatures,targetcolumn,targettype,targetclasses\n"
        "2024|2025,1,one|two,discrete,\"[0,1]|[0,1,2]\"\n"
        "x,y\n0,2\n");
    CHECK(dataset.metadata[0].second == "2024|2025");
    CHECK(dataset.target->class_names == Names{"0", "1", "2"});
    CHECK(dataset.target->class_indices == Indices{2});
    // A bar within a class is not such a mark.
    CHECK(read(with_target("targetclasses", R"("[""a|b"",""c""]")", "a|b")).target->class_names == Names{"a|b", "c"});
}

TEST_CASE("equal rows with contradictory labels are all kept") {
    const Dataset dataset = read("nfeatures,targetclasses\n1,\"[0,1]\"\nx,y\n1,0\n1,1\n1,0\n");
    CHECK(dataset.rows() == 3);
    CHECK(dataset.target->class_indices == Indices{0, 1, 0});
}

TEST_CASE("an unlabelled file has an id before the features") {
    const Dataset dataset = read(
        "nfeatures,targettype,targetclasses\n2,discrete,not a list\n"
        "sampleid,a,b\n1234-0,0.5,\n\"a \"\"b\"\"\",1,2\n1234-0,,\n",
        unlabelled);
    CHECK_FALSE(dataset.target);
    CHECK(dataset.row_ids == Names{"1234-0", "a \"b\"", "1234-0"});
    CHECK(dataset.id_column_name == "sampleid");
    CHECK(dataset.column_names == Names{"a", "b"});
    CHECK(cells(dataset, 1) == std::vector<float>{1, 2});
    CHECK(dataset.metadata[2].second == "not a list");
    CHECK(dataset.notes.empty());
}

TEST_CASE("an unlabelled file's row of names may lack the id or have the target") {
    const auto names_of = [](const std::string& names, const std::string& metadata = "nfeatures\n2\n") {
        const Dataset dataset = read(metadata + names + "\ns1,1,2\n", unlabelled);
        Names all{dataset.id_column_name};
        all.insert(all.end(), dataset.column_names.begin(), dataset.column_names.end());
        return all;
    };
    CHECK(names_of("id,a,b") == Names{"id", "a", "b"});
    CHECK(names_of("a,b") == Names{"", "a", "b"});
    CHECK(names_of("id,a,b,y") == Names{"id", "a", "b"});
    CHECK(names_of("a,b,y", "nfeatures,targetcolumn\n2,y\n") == Names{"", "a", "b"});
    // The id may be called as a feature is.
    CHECK(names_of("a,a,b") == Names{"a", "a", "b"});
}

TEST_CASE("further cells of an unlabelled file are left out, with a note") {
    const Dataset dataset = read("nfeatures\n2\nid,a,b,y\ns1,1,2,0\ns2,3,4,text\n", unlabelled);
    CHECK(dataset.row_ids == Names{"s1", "s2"});
    CHECK(cells(dataset, 1) == std::vector<float>{3, 4});
    REQUIRE(dataset.notes.size() == 1);
    CHECK(dataset.notes[0] == mentions("rows", "4", "2", "3"));
    CHECK(read("nfeatures\n1\nid,a,p,q,r\ns1,1,2,3,4\n", unlabelled).column_names == Names{"a"});
    // All rows must be alike.
    CHECK(refusal("nfeatures\n2\nid,a,b,y\ns1,1,2,0\ns2,3,4\n", unlabelled) == mentions("row 5", "has 3", "cells", "4"));
}

TEST_CASE("numbers are rounded to float32, and zeros have no sign") {
    const Dataset dataset = read(
        "nfeatures,targettype\n5,discrete\na,b,c,d,e,y\n"
        "-0,3.4028235e38,-3.4028235e38,1e-60,16777217,0\n");
    const std::vector<float> row = cells(dataset, 0);
    CHECK_FALSE(std::signbit(row[0]));
    CHECK(row[1] == std::numeric_limits<float>::max());
    CHECK(row[2] == -std::numeric_limits<float>::max());
    CHECK(row[3] == 0);
    CHECK(row[4] == 16777216);
}

TEST_CASE("the sparse table is the same whether a row came early or late") {
    std::string text = "nfeatures,targettype\n4,discrete\na,b,c,d,y\n";
    for (int i = 0; i < 600; ++i) text += i % 7 == 0 ? "0,0.0,-1,-0,1\n" : "0,0.0,,0.00,0\n";
    const Dataset dataset = read(text);
    REQUIRE(dataset.rows() == 600);
    CHECK(std::isnan(dataset.features.background()[2]));
    CHECK(dataset.features.stored() == 86);
    for (const std::int64_t row : {0, 7, 301, 595}) {
        CHECK(dataset.features.cells_of_row(row) == 1);
        CHECK(cells(dataset, row) == std::vector<float>{0, 0, -1, 0});
    }
    CHECK(dataset.features.cells_of_row(599) == 0);
}

TEST_CASE("invalid UTF-8 in names and ids becomes valid") {
    const Dataset dataset = read(
        "nfeatures\n1\nid,caf\xE9\ns\xFF"
        "1,2\n",
        unlabelled);
    CHECK(dataset.column_names == Names{"caf\xEF\xBF\xBD"});
    CHECK(dataset.row_ids == Names{"s\xEF\xBF\xBD"
                                   "1"});
}
