// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <doctest/doctest.h>
#include <string>

#include "../status_of.hpp"
#include "moodle_files.hpp"

using namespace mml_test;
using mml::Status;

namespace {

mml::Answer explain(const MoodleSite& site, const std::string& text) {
    return mml::moodle_explain(site.model_directory(), site.file("explain.csv", text), site.config, {});
}

double total(const ordered_json& list, const char* field) {
    double sum = 0;
    for (const ordered_json& entry : list) sum += entry.at(field).get<double>();
    return sum;
}

// Rows of an indicator's value and its course's mean, which both tell the class, and of a time range.
const std::vector<std::string> moodle_columns = {"\\some\\indicator", "range/1", "\\some\\indicator/mean"};

std::string moodle_row(const char* first, int row, const char* last) {
    const double value = row % 2 == 0 ? -0.5 : 0.5;
    return mml::concat(first, value + 0.03 * (row % 7), ",", row / 2 % 2, ",", value, last);
}

}  // namespace

TEST_CASE("an explanation adds up to the answer on the class of the prediction") {
    const MoodleSite site;
    REQUIRE(site.train(labelled_rows("abc", 0, 60)).status == 0);
    const std::string text = unlabelled_rows("abc", 60, 70);
    const ordered_json predictions = parsed(site.predict(text))["predictions"];
    const ordered_json answer = parsed(explain(site, text));
    CHECK(answer["status"] == 0);
    CHECK(answer["info"] == ordered_json::array());
    REQUIRE(answer["explanations"].size() == 10);
    for (std::size_t row = 0; row < 10; ++row) {
        const ordered_json& explanation = answer["explanations"][row];
        CHECK(explanation["id"] == predictions[row][0]);
        CHECK(explanation["class"] == predictions[row][1]);
        const double sum = explanation["sum"];
        CHECK(total(explanation["reasons"], "adds") + explanation["base"].get<double>() == doctest::Approx(sum));
        CHECK(explanation["answer"].get<double>() == doctest::Approx(1 / (1 + std::exp(-sum))));
        CHECK(total(explanation["reasons"], "share") == doctest::Approx(1));
        const ordered_json& first = explanation["reasons"][0];
        CHECK(first["name"] == "a");
        CHECK(first["adds"].get<double>() > 0);
        CHECK(first["columns"].size() == 1);
        const double value = std::stod(first["columns"][0]["value"].get<std::string>());
        CHECK(value == doctest::Approx(cell_a(60 + static_cast<int>(row))).epsilon(1e-6));
    }
}

TEST_CASE("the columns of an indicator are one reason, the strongest reason comes first") {
    MoodleSite site;
    std::vector<std::string> rows;
    for (int i = 0; i < 60; ++i) rows.push_back(moodle_row("", i, i % 2 == 0 ? ",0" : ",1"));
    REQUIRE(site.train(labelled_text(moodle_columns, rows)).status == 0);
    const std::string text = unlabelled_text(moodle_columns, {moodle_row("7-0,", 1, ""), "8-0,,0,-0.5"});
    const ordered_json found = parsed(explain(site, text))["explanations"];
    REQUIRE(found.size() == 2);
    const ordered_json& reason = found[0]["reasons"][0];
    CHECK(reason["name"] == "\\some\\indicator");
    REQUIRE(reason["columns"].size() == 2);
    CHECK(reason["columns"][1]["name"] == "\\some\\indicator/mean");
    CHECK(reason["adds"].get<double>() == doctest::Approx(total(reason["columns"], "adds")));
    CHECK(found[1]["reasons"][0]["columns"][0]["value"] == "");
    for (const ordered_json& row : found) {
        for (std::size_t i = 1; i < row["reasons"].size(); ++i)
            CHECK(row["reasons"][i]["share"].get<double>() <= row["reasons"][i - 1]["share"].get<double>());
    }
    site.config.set("reasons", "1");
    const ordered_json few = parsed(explain(site, text))["explanations"];
    REQUIRE(few[0]["reasons"].size() == 1);
    CHECK(few[0]["reasons"][0] == reason);
}

TEST_CASE("an estimate is explained in its unit, without a class") {
    const MoodleSite site;
    std::string text = "nfeatures,targettype,targetmin,targetmax\n1,linear,0,100\na,target\n";
    for (int i = 0; i < 40; ++i) text += mml::concat(0.1 * i, ",", 2.0 * i + 3, "\n");
    REQUIRE(site.train(text).status == 0);
    const ordered_json found = parsed(explain(site, unlabelled_text({"a"}, {"1-0,1"})))["explanations"];
    CHECK_FALSE(found[0].contains("class"));
    CHECK(found[0]["answer"].get<double>() == doctest::Approx(23).epsilon(0.1));
    CHECK(found[0]["base_answer"].get<double>() == doctest::Approx(42).epsilon(0.1));
    CHECK(found[0]["answer"] == found[0]["sum"]);
}

TEST_CASE("many rows are explained as each alone, on any number of threads") {
    MoodleSite site;
    REQUIRE(site.train(labelled_rows("ab", 0, 60)).status == 0);
    site.config.set("threads", "1");
    const ordered_json all = parsed(explain(site, unlabelled_rows("ab", 0, 300)))["explanations"];
    REQUIRE(all.size() == 300);
    CHECK(parsed(explain(site, unlabelled_rows("ab", 299, 300)))["explanations"][0] == all[299]);
    site.config.set("threads", "3");
    CHECK(parsed(explain(site, unlabelled_rows("ab", 0, 300)))["explanations"] == all);
}

TEST_CASE("what cannot be explained is answered as by a prediction") {
    MoodleSite site;
    CHECK(explain(site, "no Moodle file").json == R"({"status": 2, "info": ["Provided model have not been trained yet"]})");
    REQUIRE(site.train(labelled_rows("ab", 0, 40)).status == 0);
    CHECK(explain(site, unlabelled_rows("ab", 0, 0)).json == R"({"status": 0, "info": [], "explanations": []})");
    const mml::Answer bad_cell = explain(site, unlabelled_text({"a", "b"}, {"1-0,0.7,zero"}));
    CHECK(bad_cell.status == 1);
    CHECK(bad_cell.json.find("zero") != std::string::npos);
    CHECK(explain(site, unlabelled_rows("ac", 0, 2)).status == 1);
    site.config.set("memory_limit", "1");
    const ordered_json refused = parsed(explain(site, unlabelled_rows("ab", 0, 2500)));
    CHECK(refused["status"] == 1);
    CHECK(refused["info"][0].get<std::string>().find("explaining the 2500 rows") != std::string::npos);
    site.config.set("memory_limit", "0");
    CHECK(status_of([&] {
              mml::moodle_explain(site.model_directory(), site.file("e.csv", unlabelled_rows("ab", 0, 9)), site.config,
                                  [](const mml::ProgressReport&) { return false; });
          }) == Status::cancelled);
}
