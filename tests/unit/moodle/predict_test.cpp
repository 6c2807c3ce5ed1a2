// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <set>
#include <string>

#include "../status_of.hpp"
#include "moodle_files.hpp"

using namespace mml_test;
using mml::Status;

TEST_CASE("without a model the answer is the one that Moodle knows, whatever the file") {
    const MoodleSite site;
    constexpr const char* not_trained = R"({"status": 2, "info": ["Provided model have not been trained yet"]})";
    const mml::Answer answer = mml::moodle_predict(site.model_directory(), site.place.file("absent.csv"), site.config, {});
    CHECK(answer.status == 2);
    CHECK(answer.json == not_trained);
    CHECK_FALSE(mml::exists(site.model_directory()));
    mml::make_directories(site.classifier(""), 0600);
    CHECK(site.predict("no Moodle file").json == not_trained);
}

TEST_CASE("a prediction is three texts: the id as it came, the class, its probability") {
    const MoodleSite site;
    REQUIRE(site.train(labelled_rows("ab", 0, 40)).status == 0);
    const ordered_json answer = parsed(site.predict(
        unlabelled_text({"a", "b"}, {"1234-0,0.7,0.1", "\"say \"\"hi\"\"\",-0.7,0.1", "1234-0,-0.7,", ",0.7,0"})));
    CHECK(answer["status"] == 0);
    CHECK(answer["info"] == ordered_json::array());
    CHECK(answer.size() == 3);
    const char* const expected[][2] = {{"1234-0", "1"}, {"say \"hi\"", "0"}, {"1234-0", "0"}, {"", "1"}};
    REQUIRE(answer["predictions"].size() == 4);
    for (std::size_t row = 0; row < 4; ++row) {
        const ordered_json& prediction = answer["predictions"][row];
        REQUIRE(prediction.size() == 3);
        CHECK(prediction[0] == expected[row][0]);
        CHECK(prediction[1] == expected[row][1]);
        REQUIRE(prediction[2].is_string());
        double probability = 0;
        REQUIRE(mml::parse_number(prediction[2].get<std::string>(), &probability));
        CHECK(probability >= 0.5);
        CHECK(probability <= 1);
        CHECK(prediction[2].get<std::string>().size() <= 11);  // a float's digits, not a double's
    }
}

TEST_CASE("the class is an element of targetclasses, not its index") {
    const MoodleSite site;
    REQUIRE(site.train(labelled_text({"a"}, {"1,7", "1,7", "1.1,7", "0,3", "0,3", "0.1,3"}, "[3,7]")).status == 0);
    const ordered_json answer = parsed(site.predict(unlabelled_text({"a"}, {"x,1", "y,0"})));
    CHECK(answer["predictions"][0][1] == "7");
    CHECK(answer["predictions"][1][1] == "3");
}

TEST_CASE("an id that is not UTF-8 still gives valid JSON") {
    const MoodleSite site;
    REQUIRE(site.train(labelled_rows("ab", 0, 20)).status == 0);
    const ordered_json answer = parsed(site.predict(unlabelled_text({"a", "b"}, {"caf\xE9,0.7,0.1"})));
    CHECK(answer["predictions"][0][0] == "caf\xEF\xBF\xBD");
}

TEST_CASE("rows with more cells than the features need are predicted, and info says so") {
    const MoodleSite site;
    REQUIRE(site.train(labelled_rows("ab", 0, 20)).status == 0);
    const ordered_json answer = parsed(site.predict("nfeatures\n2\nsampleid,a,b,target\n1-0,0.7,0.1,1\n2-0,-0.7,0.1,0\n"));
    CHECK(answer["status"] == 0);
    REQUIRE(answer["info"].size() == 1);
    CHECK(answer["info"][0].get<std::string>().find("4 cells") != std::string::npos);
    REQUIRE(answer["predictions"].size() == 2);
    CHECK(answer["predictions"][0][0] == "1-0");
    CHECK(answer["predictions"][1][1] == "0");
}

TEST_CASE("a file without rows gets no predictions") {
    const MoodleSite site;
    REQUIRE(site.train(labelled_rows("ab", 0, 20)).status == 0);
    CHECK(site.predict(unlabelled_rows("ab", 0, 0)).json == R"({"status": 0, "info": [], "predictions": []})");
}

TEST_CASE("an estimate has the shape of a prediction") {
    const MoodleSite site;
    std::string text = "nfeatures,targettype,targetmin,targetmax\n1,linear,0,100\na,target\n";
    for (int i = 0; i < 40; ++i) text += mml::concat(0.1 * i, ",", 2.0 * i + 3, "\n");
    REQUIRE(site.train(text).status == 0);
    const ordered_json answer = parsed(site.predict(unlabelled_text({"a"}, {"1-0,1", "2-0,3"})));
    REQUIRE(answer["predictions"].size() == 2);
    for (std::size_t row = 0; row < 2; ++row) {
        const ordered_json& prediction = answer["predictions"][row];
        CHECK(prediction[0] == (row == 0 ? "1-0" : "2-0"));
        double estimate = 0;
        REQUIRE(mml::parse_number(prediction[1].get<std::string>(), &estimate));
        CHECK(estimate == doctest::Approx(row == 0 ? 23 : 63).epsilon(0.1));
        CHECK(prediction[2] == "1");
    }
}

TEST_CASE("a bad file, a missing column and a damaged model are answered with status 1 and the reason") {
    const MoodleSite site;
    REQUIRE(site.train(labelled_rows("ab", 0, 20)).status == 0);
    const mml::Answer bad_cell = site.predict(unlabelled_text({"a", "b"}, {"1-0,0.7,zero"}));
    CHECK(bad_cell.status == 1);
    CHECK(bad_cell.json.find("predict.csv") != std::string::npos);
    CHECK(bad_cell.json.find("zero") != std::string::npos);
    const mml::Answer absent = mml::moodle_predict(site.model_directory(), site.place.file("absent.csv"), site.config, {});
    CHECK(absent.status == 1);
    CHECK(absent.json.find("absent.csv") != std::string::npos);
    CHECK(site.predict(unlabelled_rows("ac", 0, 2)).status == 1);
    mml::replace_file(site.classifier("model.mml"), site.bytes_of("model.mml") + "x", 0600);
    const mml::Answer damaged = site.predict(unlabelled_rows("ab", 0, 2));
    CHECK(damaged.status == 1);
    CHECK(damaged.json.find("model.mml") != std::string::npos);
}

TEST_CASE("options that are for plain files do not change what a Moodle file means") {
    MoodleSite site;
    site.config.set("format", "plain");
    site.config.set("labelled", "false");
    site.config.set("task", "regression");
    site.config.set("target", "a");
    CHECK(site.train(labelled_rows("ab", 0, 20)).status == 0);
    site.config.set("labelled", "true");
    CHECK(site.classes_of(100, 104) == "0101");
}

TEST_CASE("a prediction needs no lock and writes nothing") {
    const MoodleSite site;
    REQUIRE(site.train(labelled_rows("ab", 0, 20)).status == 0);
    mml::remove_tree(site.model_directory() + "/logs");
    mml::remove_file(site.model_directory() + "/.moodleml.lock");
    CHECK(site.classes_of(100, 104) == "0101");
    CHECK(std::distance(std::filesystem::directory_iterator(site.model_directory()), {}) == 1);
    CHECK(status_of([] { mml::moodle_predict("", "file", mml::Config(), {}); }) == Status::invalid_argument);
}

TEST_CASE("Moodle's answers are by score, and the number beside a class is how clear the decision is") {
    const MoodleSite site;
    // Nine of twenty rows of the highest value are a 1, so that 1 is never the most probable class.
    std::vector<std::string> rows;
    for (int i = 0; i < 300; ++i) rows.push_back(mml::concat(i % 5, i % 5 == 4 && i / 5 % 20 < 9 ? ",1" : ",0"));
    const auto answer_by = [&](const char* decision) {
        MoodleSite own;
        if (decision != nullptr) own.config.set("decision", decision);
        REQUIRE(own.train(labelled_text({"a"}, rows)).status == 0);
        return parsed(own.predict(unlabelled_text({"a"}, {"x,0", "y,4"})))["predictions"];
    };
    const ordered_json usual = answer_by(nullptr);
    CHECK(usual == answer_by("score"));
    CHECK(usual[0][1] == "0");
    CHECK(usual[1][1] == "1");
    CHECK(std::stod(usual[1][2].get<std::string>()) >= 0.5);
    const ordered_json probable = answer_by("probable");
    CHECK(probable[1][1] == "0");
    CHECK(std::stod(probable[1][2].get<std::string>()) > 0.5);
}

TEST_CASE("a rule that needs two classes gives way to score where the target has more") {
    MoodleSite site;
    site.config.set("decision", "share:10");
    CHECK(site.train(labelled_text({"a"}, {"0,0", "1,1", "2,2", "0,0", "1,1", "2,2"}, "[0,1,2]")).status == 0);
    const ordered_json answer = parsed(site.predict(unlabelled_text({"a"}, {"x,0", "y,2"})));
    CHECK(answer["predictions"][0][1] == "0");
    CHECK(answer["predictions"][1][1] == "2");
}

TEST_CASE("predicting obeys the limit of memory") {
    MoodleSite site;
    REQUIRE(site.train(labelled_rows("ab", 0, 40)).status == 0);
    site.config.set("memory_limit", "1");
    CHECK(parsed(site.predict(unlabelled_rows("ab", 0, 1000)))["status"] == 0);
    const ordered_json refused = parsed(site.predict(unlabelled_rows("ab", 0, 2500)));
    CHECK(refused["status"] == 1);
    const auto reason = refused["info"][0].get<std::string>();
    CHECK(reason.find("would take about 2 MB, option memory_limit allows 1: raise it, or give fewer rows at a time") !=
          std::string::npos);
}
