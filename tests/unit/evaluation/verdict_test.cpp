// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <string>
#include <vector>

#include "evaluation/verdict.hpp"
#include "examples.hpp"

using namespace mml;
using testing::contains;

namespace {

Json metric(double value, double baseline, double low, double high, const char* direction) {
    return {{"value", value},
            {"baseline", baseline},
            {"interval", Json::array({low, high})},
            {"label", "a label"},
            {"direction", direction}};
}

// What a verdict looks at, of two classes.
struct Rated {
    Json log_loss = metric(0.25, 0.4, 0.2, 0.3, "lower_is_better");
    Json balanced_accuracy = metric(0.8, 0.5, 0.77, 0.83, "higher_is_better");
    double recall = 0.93;
    Json precision = 0.47;
    const char* rule = "score";

    Json report() const {
        Json report{{"task", "classification"}};
        report["metrics"] = {{"score", metric(0.81, 0.8, 0.79, 0.83, "higher_is_better")},
                             {"log_loss", log_loss},
                             {"balanced_accuracy", balanced_accuracy}};
        report["classes"] = Json::array(
            {{{"name", "0"}, {"share", 0.9}, {"recall", 0.9}}, {{"name", "1"}, {"share", 0.1}, {"recall", recall}}});
        report["decision"] = {{"rule", rule}};
        report["flagging"] = {{"class", "1"}, {"decision", {{"recall", recall}, {"precision", precision}}}};
        return report;
    }
};

struct Told {
    std::string standing;
    std::vector<std::string> sentences;
};

Told told(const Rated& rated) {
    const Json verdict = verdict_json(rated.report());
    return {verdict.at("standing").get<std::string>(), verdict.at("sentences").texts()};
}

const Json no_skill = metric(0.5, 0.5, 0.48, 0.52, "higher_is_better");
const Json no_loss_saved = metric(0.41, 0.4, 0.38, 0.44, "lower_is_better");

}  // namespace

TEST_CASE("skill in probabilities and in answers makes a model better than guessing") {
    const Told good = told({});
    CHECK(good.standing == "better");
    CHECK(good.sentences[0] == "Better than guessing, on enough data to say so.");
    CHECK(good.sentences[1] == "Of 100 rows of class \"1\" it finds 93; of 100 rows that it takes for \"1\", 47 are.");
    CHECK(good.sentences[2] == "a label 0.2500 (guessing: 0.4000), a label 0.8000 (guessing: 0.5000).");
    Rated vague;
    vague.balanced_accuracy = metric(0.8, 0.5, 0.6, 0.95, "higher_is_better");
    CHECK(contains(told(vague).sentences[0], "too little data to say by how much"));
}

// As measured on 1,904 rows of which 14 % drop out: weighted F1 .813, surely above that of a constant, and 5 of 100 found.
TEST_CASE("a model that hardly finds a class is not called better without saying so") {
    Rated rated;
    rated.balanced_accuracy = metric(0.53, 0.5, 0.51, 0.55, "higher_is_better");
    rated.recall = 0.05;
    rated.precision = 0.6;
    const Told poor = told(rated);
    CHECK(poor.standing == "uncertain");
    CHECK(poor.sentences[0] == "Better than guessing, but it hardly finds class \"1\".");
    CHECK(contains(poor.sentences[1], "it finds 5;"));
    CHECK_FALSE(contains(poor.sentences[2], "Option decision"));
    rated.rule = "probable";
    CHECK(contains(told(rated).sentences[2], "Option decision, set to score or balanced, makes it find more"));
}

TEST_CASE("a class without a rated row is not called hardly found") {
    Rated rated;
    rated.recall = 0;
    Json report = rated.report();
    report["confusion"] = Json::array({Json::array({9.0, 1.0}), Json::array({1.0, 0.0})});
    CHECK(contains(verdict_json(report).at("sentences").texts()[0], "hardly finds class \"1\""));
    report["confusion"] = Json::array({Json::array({9.0, 1.0}), Json::array({0.0, 0.0})});
    CHECK_FALSE(contains(verdict_json(report).at("sentences").texts()[0], "hardly"));
}

TEST_CASE("one skill alone is told as what it is") {
    Rated probabilities;
    probabilities.balanced_accuracy = no_skill;
    CHECK(told(probabilities).standing == "uncertain");
    CHECK(contains(told(probabilities).sentences[0], "Its probabilities are better than guessing, but its answers"));
    Rated answers;
    answers.log_loss = no_loss_saved;
    CHECK(told(answers).standing == "uncertain");
    CHECK(contains(told(answers).sentences[0], "do not rely on them"));
}

// The score is above the baseline's in all of these.
TEST_CASE("weighted F1 alone makes no model better than guessing") {
    Rated constant;
    constant.balanced_accuracy = no_skill;
    constant.log_loss = no_loss_saved;
    CHECK(told(constant).standing == "worse");
    CHECK(told(constant).sentences[0] == "No better than guessing.");
    Rated close = constant;
    close.balanced_accuracy = metric(0.52, 0.5, 0.48, 0.56, "higher_is_better");
    CHECK(told(close).standing == "uncertain");
    CHECK(contains(told(close).sentences[0], "Not surely better than guessing"));
}

TEST_CASE("a part of a hundred is never shown as none or all") {
    const auto sentence = [](double recall, const Json& precision) {
        Rated rated;
        rated.recall = recall;
        rated.precision = precision;
        return told(rated).sentences[1];
    };
    CHECK(contains(sentence(0.999, 0.004), "it finds more than 99; of 100 rows that it takes for \"1\", fewer than 1 are."));
    CHECK(contains(sentence(1, 1.0), "it finds all; of 100 rows that it takes for \"1\", all are."));
    CHECK(sentence(0, nullptr) == "It takes no row for \"1\": of 100 rows of that class it finds none.");
}

TEST_CASE("without interval nothing is sure") {
    Rated rated;
    rated.log_loss["interval"] = nullptr;
    rated.balanced_accuracy["interval"] = nullptr;
    CHECK(told(rated).standing == "uncertain");
}

TEST_CASE("numbers are judged by R squared") {
    Json report{{"task", "regression"}, {"flagging", nullptr}, {"classes", Json::array()}};
    const auto judged = [&](const Json& score) {
        report["metrics"] = Json::object();
        report["metrics"]["score"] = score;
        return verdict_json(report);
    };
    const Json good = judged(metric(0.8, -0.01, 0.75, 0.84, "higher_is_better"));
    CHECK(good.at("standing") == "better");
    CHECK(good.at("sentences")[0] == "Better than guessing: R squared 0.8000 against -0.0100, on enough data to say so.");
    CHECK(judged(metric(0.1, 0, -0.2, 0.3, "higher_is_better")).at("standing") == "uncertain");
    CHECK(judged(metric(-0.1, 0, -0.2, 0.3, "higher_is_better")).at("standing") == "worse");
    Json undefined_score = metric(0, 0, 0, 0, "higher_is_better");
    undefined_score["value"] = nullptr;
    CHECK(contains(judged(undefined_score).at("sentences")[0].get<std::string>(), "Nothing can be said"));
}
