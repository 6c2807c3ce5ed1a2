// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <doctest/doctest.h>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "../status_of.hpp"
#include "moodle_files.hpp"

using namespace mml_test;
using mml::Status;

namespace {

constexpr const char* labels_differ = "The labels from the provided dataset do not match the targetclasses from the header";

// Of a hundred labels so many, chosen by chance, are not what the features tell: 50 make them random.
std::string noisy_labels(int rows, std::uint32_t wrong_of_hundred) {
    std::vector<std::string> lines;
    std::uint32_t state = 12345;
    for (int row = 0; row < rows; ++row) {
        state = state * 1664525U + 1013904223U;
        const bool wrong = (state >> 16U) % 100 < wrong_of_hundred;
        lines.push_back(row_of("ab", row) + "," + mml::number_text(row % 2 ^ (wrong ? 1 : 0)));
    }
    return labelled_text({"a", "b"}, lines);
}

std::string info_log(const ordered_json& answer) {
    return mml::read_file(answer.at("dir").get<std::string>() + "/info.log", no_limit);
}

std::set<std::string> keys_of(const ordered_json& answer) {
    std::set<std::string> keys;
    for (const auto& item : answer.items()) keys.insert(item.key());
    return keys;
}

// Every answer of an evaluation holds these, refusals included.
void check_run(const MoodleSite& site, const ordered_json& answer) {
    REQUIRE(answer.at("runid").is_number_integer());
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    CHECK(answer["runid"].get<std::int64_t>() > milliseconds - 600000);
    CHECK(answer["runid"].get<std::int64_t>() <= milliseconds + 1000);
    CHECK(answer.at("dir") == mml::concat(site.model_directory(), "/logs/", answer["runid"].get<std::int64_t>()));
    CHECK(answer.at("info").is_array());
    CHECK(info_log(answer).starts_with("evaluation started at 20"));
    CHECK(mml::exists(answer["dir"].get<std::string>() + "/tensor"));
}

}  // namespace

TEST_CASE("a separable set scores 1 and gets every key of the interface") {
    const MoodleSite site;
    const mml::Answer told = site.evaluate(labelled_rows("ab", 0, 60));
    CHECK(told.status == 0);
    const ordered_json answer = parsed(told);
    check_run(site, answer);
    CHECK(keys_of(answer) == std::set<std::string>{"auc", "auc_deviation", "balanced accuracy", "accuracy", "precision",
                                                   "recall", "f1_score", "score", "score_deviation", "min_score",
                                                   "accepted_deviation", "dir", "runid", "status", "info", "baseline",
                                                   "log loss", "brier score", "measures"});
    for (const char* key : {"auc", "balanced accuracy", "accuracy", "precision", "recall", "f1_score", "score"}) {
        CAPTURE(key);
        CHECK(answer[key] == 1.0);
    }
    std::vector<std::string> names;
    for (const auto& measure : answer["measures"]) names.push_back(measure["name"]);
    CHECK(names == std::vector<std::string>{"score", "balanced_accuracy", "roc_auc"});
    CHECK(answer["measures"][1]["label"] == "Balanced accuracy");
    CHECK(answer["measures"][1]["value"] == 1.0);
    CHECK(answer["measures"][1]["baseline"] == 0.5);
    CHECK(answer["auc_deviation"] == 0.0);
    CHECK(answer["score_deviation"] == 0.0);
    CHECK(answer["min_score"] == 0.7);
    CHECK(answer["accepted_deviation"] == 0.05);
    CHECK(answer["info"].size() == 3);
    CHECK(answer["info"][0].get<std::string>().find("Better than guessing") == 0);
    CHECK(answer["info"][1] == "Of 100 rows of class \"1\" it finds all; of 100 rows that it takes for \"1\", all are.");
    CHECK(answer["baseline"].get<double>() < 0.6);
    const std::string log = info_log(answer);
    CHECK(log.find("60 samples, 2 columns\n  class 0: 30 samples (50 %)\n  class 1: 30 samples (50 %)\n") !=
          std::string::npos);
    CHECK(log.find("iteration 10: training_rows 48, test_rows 12") != std::string::npos);
    CHECK(log.find("iteration 11:") == std::string::npos);
}

TEST_CASE("evaluation never touches the stored model and takes no lock") {
    const MoodleSite site;
    CHECK(site.evaluate(labelled_rows("ab", 0, 40)).status == 0);
    CHECK_FALSE(mml::exists(site.model_directory() + "/classifier"));
    CHECK_FALSE(mml::exists(site.model_directory() + "/.moodleml.lock"));
    REQUIRE(site.train(labelled_rows("ab", 0, 20)).status == 0);
    const std::string model = site.bytes_of("model.mml");
    CHECK(site.evaluate(labelled_rows("ab", 20, 60)).status == 0);
    CHECK(site.bytes_of("model.mml") == model);
    CHECK(std::distance(std::filesystem::directory_iterator(site.classifier("")), {}) == 2);
}

TEST_CASE("random labels score low") {
    const MoodleSite site;
    const ordered_json answer = parsed(site.evaluate(noisy_labels(200, 50)));
    CHECK(answer["score"].get<double>() < 0.7);
    CHECK((answer["status"].get<int>() & 4) == 4);
}

TEST_CASE("refusals come in the words and the order that Moodle knows") {
    MoodleSite site;
    site.config.set("max_deviation", "0.001");
    site.config.set("iterations", "5");
    const mml::Answer told = site.evaluate(noisy_labels(200, 40));
    CHECK(told.status == 12);
    const ordered_json answer = parsed(told);
    check_run(site, answer);
    CHECK(answer["status"] == 12);
    CHECK(answer["score"].get<double>() < 0.7);
    REQUIRE(answer["info"].size() == 5);
    CHECK(answer["info"][0] == mml::concat("The evaluation results varied too much, we might need more samples to check if "
                                           "this model is valid. Model deviation = ",
                                           answer["score_deviation"].get<double>(), ", accepted deviation = 0.001"));
    CHECK(answer["info"][1] == mml::concat("The evaluated model prediction accuracy is not very good. Model score = ",
                                           answer["score"].get<double>(), ", minimum score = 0.7"));
    CHECK(info_log(answer).find(answer["info"][1].get<std::string>()) != std::string::npos);

    site.config.set("max_deviation", "1");
    const mml::Answer low = site.evaluate(noisy_labels(200, 40));
    CHECK(low.status == 4);
    CHECK(parsed(low)["info"][0] == answer["info"][1]);
    CHECK(parsed(low)["info"].size() == 4);
    site.config.set("max_deviation", "0.001");
    site.config.set("min_score", "0");
    const mml::Answer varied = site.evaluate(noisy_labels(200, 40));
    CHECK(varied.status == 8);
    CHECK(parsed(varied)["info"][0] == answer["info"][0]);
    CHECK(parsed(varied)["info"].size() == 4);
    site.config.set("max_deviation", "1");
    CHECK(site.evaluate(noisy_labels(200, 40)).status == 0);
}

TEST_CASE("labels that are not the target classes are refused in the words that Moodle knows") {
    const MoodleSite site;
    for (const std::string& text : {labelled_text({"a"}, {"1,0", "2,1", "3,0", "4,1"}, "[0,1,2]"),
                                    labelled_text({"a"}, {"1,0", "2,0", "3,0"}), labelled_text({"a"}, {"1,1"})}) {
        const mml::Answer told = site.evaluate(text);
        CHECK(told.status == 1);
        const ordered_json answer = parsed(told);
        check_run(site, answer);
        CHECK(answer["info"] == ordered_json::array({labels_differ}));
        CHECK(keys_of(answer) == std::set<std::string>{"status", "info", "runid", "dir"});
    }
    const mml::Answer foreign = site.evaluate(labelled_text({"a"}, {"1,0", "2,1", "3,5"}));
    CHECK(foreign.status == 1);
    const ordered_json answer = parsed(foreign);
    check_run(site, answer);
    REQUIRE(answer["info"].size() == 2);
    CHECK(answer["info"][0] == labels_differ);
    CHECK(answer["info"][1].get<std::string>().find("row 6") != std::string::npos);
}

TEST_CASE("a cell that holds the words of another refusal is refused for what it is") {
    const MoodleSite site;
    const ordered_json answer =
        parsed(site.evaluate(labelled_text({"a"}, {"1,0", "is none of the targetclasses,1", "3,0"})));
    CHECK(answer["status"] == 1);
    CHECK(answer["info"].size() == 1);
}

TEST_CASE("sets that no split can rate are answered with status 8 and the run") {
    const MoodleSite site;
    for (const std::string& text :
         {labelled_text({"a"}, {}), labelled_text({"a"}, {"1,0", "2,1"}),
          labelled_text({"a"}, {"1,1", "2,1", "3,1", "4,1", "5,1"}, "[1]"), labelled_text({"a"}, {"1,1"}, "[1]")}) {
        CAPTURE(text);
        const mml::Answer told = site.evaluate(text);
        CHECK(told.status == 8);
        const ordered_json answer = parsed(told);
        check_run(site, answer);
        CHECK(answer["info"].size() == 1);
        CHECK_FALSE(answer.contains("score"));
    }
}

TEST_CASE("a bad file is answered with status 1, the reason and the run") {
    const MoodleSite site;
    const mml::Answer told = site.evaluate(labelled_text({"a"}, {"1,0", "x,1"}));
    CHECK(told.status == 1);
    const ordered_json answer = parsed(told);
    check_run(site, answer);
    CHECK(answer["info"][0].get<std::string>().find("evaluate.csv") != std::string::npos);
    CHECK(info_log(answer).find("evaluate.csv") != std::string::npos);
}

TEST_CASE("more than two classes have no auc") {
    const MoodleSite site;
    std::vector<std::string> rows;
    rows.reserve(90);
    for (int row = 0; row < 90; ++row) rows.push_back(mml::concat(row % 3 + 0.001 * row, ",", row % 3));
    const ordered_json answer = parsed(site.evaluate(labelled_text({"a"}, rows, "[0,1,2]")));
    CHECK_FALSE(answer.contains("auc"));
    CHECK_FALSE(answer.contains("auc_deviation"));
    CHECK(answer.contains("balanced accuracy"));
    CHECK(answer.contains("score"));
}

TEST_CASE("classes more than three to one apart are told in the log") {
    MoodleSite site;
    site.config.set("iterations", "2");
    const auto warns = [&](int zeros) {
        std::vector<std::string> rows(10, "1,1");
        rows.resize(10 + static_cast<std::size_t>(zeros), "0,0");
        return info_log(parsed(site.evaluate(labelled_text({"a"}, rows))))
                   .find("Provided classes are very unbalanced, predictions may not be accurate.") != std::string::npos;
    };
    CHECK_FALSE(warns(30));
    CHECK(warns(31));
}

TEST_CASE("a trained model is rated on all rows, once") {
    const MoodleSite trained;
    REQUIRE(trained.train(labelled_rows("ab", 0, 60)).status == 0);
    const std::string model = trained.bytes_of("model.mml");
    const MoodleSite site;
    const mml::Answer told = site.evaluate(labelled_rows("ab", 60, 90), trained.model_directory());
    CHECK(told.status == 0);
    const ordered_json answer = parsed(told);
    check_run(site, answer);
    CHECK(answer["score"] == 1.0);
    CHECK(answer["auc"] == 1.0);
    CHECK(answer["score_deviation"] == 0.0);
    CHECK(info_log(answer).find("iteration 2:") == std::string::npos);
    CHECK(trained.bytes_of("model.mml") == model);
    CHECK_FALSE(mml::exists(site.model_directory() + "/classifier"));
    CHECK(site.evaluate(noisy_labels(200, 50), trained.model_directory()).status == 4);
}

TEST_CASE("a trained model that is absent, damaged or of other columns is answered with status 1 and the run") {
    const MoodleSite site;
    const mml::Answer absent = site.evaluate(labelled_rows("ab", 0, 30), site.place.file("nowhere"));
    CHECK(absent.status == 1);
    check_run(site, parsed(absent));
    CHECK(absent.json.find("nowhere") != std::string::npos);
    MoodleSite trained;
    REQUIRE(trained.train(labelled_rows("ab", 0, 30)).status == 0);
    const mml::Answer mismatch = site.evaluate(labelled_rows("ac", 0, 30), trained.model_directory());
    CHECK(mismatch.status == 1);
    CHECK(mismatch.json.find("\\\"b\\\"") != std::string::npos);
    mml::replace_file(trained.classifier("model.mml"), "damaged", 0600);
    CHECK(site.evaluate(labelled_rows("ab", 0, 30), trained.model_directory()).status == 1);
}

TEST_CASE("a regression is rated by its share of explained variance") {
    const MoodleSite site;
    std::string text = "nfeatures,targettype,targetmin,targetmax\n1,linear,0,100\na,target\n";
    for (int i = 0; i < 60; ++i) text += mml::concat(0.1 * i, ",", 2.0 * i + 3, "\n");
    const ordered_json answer = parsed(site.evaluate(text));
    CHECK(answer["status"] == 0);
    CHECK(answer["score"].get<double>() > 0.9);
    CHECK_FALSE(answer.contains("accuracy"));
    CHECK(answer["mean absolute error"].get<double>() < 10);
    const std::string constant =
        "nfeatures,targettype,targetmin,targetmax\n1,linear,0,9\na,target\n1,2\n2,2\n3,2\n4,2\n5,2\n6,2\n";
    const ordered_json undefined = parsed(site.evaluate(constant));
    CHECK(undefined["status"] == 8);
    CHECK_FALSE(undefined.contains("score"));
}

TEST_CASE("every run has a number of its own") {
    MoodleSite site;
    site.config.set("iterations", "1");
    std::set<std::int64_t> runs;
    for (int run = 0; run < 5; ++run)
        runs.insert(parsed(site.evaluate(labelled_text({"a"}, {})))["runid"].get<std::int64_t>());
    CHECK(runs.size() == 5);
}

TEST_CASE("an evaluation whose log cannot be written answers all the same") {
    const MoodleSite site;
    mml::make_directories(site.model_directory(), 0600);
    mml::replace_file(site.model_directory() + "/logs", "in the way", 0600);
    const ordered_json answer = parsed(site.evaluate(labelled_rows("ab", 0, 40)));
    CHECK(answer["status"] == 0);
    CHECK(answer["score"] == 1.0);
    CHECK(answer["runid"].is_number_integer());
    CHECK_FALSE(answer.contains("dir"));
    CHECK(answer["info"].back().get<std::string>().find("The log of the evaluation is not written: ") == 0);
}

TEST_CASE("an evaluation does not bring back a directory that is deleted meanwhile") {
    const MoodleSite site;
    mml::make_directories(site.model_directory(), 0600);
    const std::string file = site.file("evaluate.csv", labelled_rows("ab", 0, 40));
    const auto remove = [&](const mml::ProgressReport&) { return std::filesystem::remove_all(site.model_directory()) < 99; };
    const mml::Answer answer = mml::moodle_evaluate(site.model_directory(), file, "", site.config, remove);
    CHECK(answer.status == 0);
    CHECK_FALSE(mml::exists(site.model_directory()));
    CHECK(parsed(answer)["info"].back().get<std::string>().find("was deleted during the evaluation") != std::string::npos);
}

TEST_CASE("a stop by the caller is thrown and leaves nothing") {
    const MoodleSite site;
    const std::string file = site.file("evaluate.csv", labelled_rows("ab", 0, 40));
    const auto stop = [](const mml::ProgressReport&) { return false; };
    CHECK(status_of([&] { mml::moodle_evaluate(site.model_directory(), file, "", site.config, stop); }) ==
          Status::cancelled);
    CHECK_FALSE(mml::exists(site.model_directory()));
}
