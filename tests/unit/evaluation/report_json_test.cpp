// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <doctest/doctest.h>
#include <limits>
#include <vector>

#include "base/text.hpp"
#include "base/version.hpp"
#include "evaluation/report_json.hpp"
#include "examples.hpp"

using doctest::Approx;
using namespace mml;
using testing::classified_data;
using testing::rotating_labels;
using testing::valued_data;

namespace {

Rating rating_of(double score, double baseline) {
    Rating rating;
    rating.training_rows = 3;
    rating.test_rows = 1;
    rating.seconds = 0.5;
    rating.metrics = {{&metric_named("score", 2), score}, {&metric_named("roc_auc", 2), mml::undefined}};
    rating.baselines = {{&metric_named("score", 2), baseline}, {&metric_named("roc_auc", 2), mml::undefined}};
    rating.at_probable = {{&metric_named("score", 2), 0.125}, {&metric_named("roc_auc", 2), mml::undefined}};
    rating.counts = {{2, 2}, {1, 3}, {1, 2}};
    rating.confusion = {1, 0, 0, 2};
    return rating;
}

// As in the table.
std::string words_of(const char* name, const char* direction) {
    const Metric& metric = metric_named(name, 2);
    return concat("\"label\":\"", metric.label, "\",\"meaning\":\"", metric.meaning, "\",\"direction\":\"", direction, "\"");
}

Report report_of(const Dataset& dataset, const std::vector<Rating>& ratings) {
    Findings findings;
    findings.kind = "cross_validation";
    findings.ratings = ratings;
    findings.warnings = {"not \xff UTF-8"};
    findings.intervals = {{0.25, 0.875}, {}};
    return make_report(dataset, *dataset.target, findings);
}

std::vector<std::string> imbalance(const std::vector<int>& counts, const std::vector<float>& weights = {}) {
    std::vector<std::string> names(counts.size());
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = std::to_string(i);
    std::vector<std::string> warnings;
    warn_of_imbalance(*classified_data(names, rotating_labels(counts)).target, weights, warnings);
    return warnings;
}

}  // namespace

TEST_CASE("a report as JSON") {
    const Dataset dataset = classified_data({"a\xff", "b"}, {0, 1, 0, 0});
    const Report report = report_of(dataset, {rating_of(0.5, 0.25), rating_of(1, 0.25)});
    CHECK(report.json.dump() ==
          "{\"schema\":1,\"kind\":\"cross_validation\",\"task\":\"classification\",\"rows\":4,\"columns\":1,"
          "\"classes\":[{\"name\":\"a\xEF\xBF\xBD\",\"count\":3,\"share\":0.75,\"precision\":1.0,\"recall\":0.5,"
          "\"f1_score\":0.6666666666666666},{\"name\":\"b\",\"count\":1,\"share\":0.25,"
          "\"precision\":0.6666666666666666,\"recall\":1.0,\"f1_score\":0.8}],"
          "\"metrics\":{\"score\":{\"value\":0.75,\"deviation\":0.25,\"baseline\":0.25,\"interval\":[0.0,1.0]," +
              words_of("score", "higher_is_better") +
              ",\"probable\":0.125},\"roc_auc\":{\"value\":null,\"deviation\":null,\"baseline\":null,\"interval\":null," +
              words_of("roc_auc", "higher_is_better") +
              "}},"
              "\"decision\":null,\"flagging\":null,\"confusion\":[[2.0,0.0],[0.0,4.0]],"
              "\"iterations\":[{\"training_rows\":3,\"test_rows\":1,\"seconds\":0.5,\"score\":0.5,\"roc_auc\":null},"
              "{\"training_rows\":3,\"test_rows\":1,\"seconds\":0.5,\"score\":1.0,\"roc_auc\":null}],"
              "\"options\":{},\"warnings\":[\"not \xEF\xBF\xBD UTF-8\"],"
              "\"curves\":{\"roc\":[],\"precision_recall\":[],\"reliability\":[],\"gains\":[]},\"learning_curves\":[],"
              "\"models\":[],"
              "\"data\":"
              "null,"
              "\"settings\":{},\"source\":\"the data set\",\"version\":\"" +
              std::string(library_version()) +
              "\",\"importance\":null,\"groups\":null,\"drift\":null,\"verdict\":{\"standing\":\"worse\",\"sentences\":["
              "\"No better than guessing.\"]}}");
    CHECK(report.metrics.at("score") == 0.75);
    CHECK(report.metrics.at("score_deviation") == 0.25);
    CHECK(report.metrics.at("baseline_score") == 0.25);
    CHECK(std::isnan(report.metrics.at("roc_auc")));
    CHECK(std::isnan(report.metrics.at("roc_auc_deviation")));
    CHECK(std::isnan(report.metrics.at("baseline_roc_auc")));
    CHECK(report.metrics.at("score_low") == 0);
    CHECK(report.metrics.at("score_high") == 1);
    CHECK(std::isnan(report.metrics.at("roc_auc_low")));
    CHECK(report.metrics.at("probable_score") == 0.125);
    CHECK(report.metrics.size() == 11);
}

TEST_CASE("equal scores have exactly their value as mean and no deviation") {
    const Dataset dataset = classified_data({"a", "b"}, {0, 1});
    for (const double score : {1.0, 0.9, 0.1}) {
        const Report report = report_of(dataset, std::vector<Rating>(10, rating_of(score, 0)));
        CHECK(report.metrics.at("score") == score);
        CHECK(report.metrics.at("score_deviation") == 0);
    }
    CHECK(report_of(dataset, {rating_of(0.7, 0)}).metrics.at("score_deviation") == 0);
}

// 2.5 % and 97.5 % of Student's t with two degrees of freedom lie 4.30265 deviations away; here the deviation of the mean is
// sqrt((1 / 3 + 1 / 3) * 0.01) = 0.0816497.
TEST_CASE("the interval over splits allows for training sets that overlap") {
    const Dataset dataset = classified_data({"a", "b"}, {0, 1});
    const Report report = report_of(dataset, {rating_of(0.4, 0), rating_of(0.5, 0), rating_of(0.6, 0)});
    CHECK(report.metrics.at("score_low") == Approx(0.5 - 0.351310).epsilon(1e-4));
    CHECK(report.metrics.at("score_high") == Approx(0.5 + 0.351310).epsilon(1e-4));
    CHECK(report.json.at("metrics")["score"]["interval"][0] == report.metrics.at("score_low"));
}

TEST_CASE("one iteration has the interval that resampling its rows gave") {
    const Report report = report_of(classified_data({"a", "b"}, {0, 1}), {rating_of(0.5, 0)});
    CHECK(report.json.at("metrics")["score"]["interval"].dump() == "[0.25,0.875]");
    CHECK(report.json.at("metrics")["roc_auc"]["interval"].is_null());
}

TEST_CASE("the settings are those that decide the numbers") {
    Config config;
    config.set("threads", "3");
    config.set("networks", "2");
    const auto training = settings_json(config, true);
    CHECK(training["networks"] == "2");
    CHECK(training["seed"] == "1");
    CHECK(training["resampling"] == "stratified");
    for (const char* silent : {"threads", "memory_limit", "min_score", "max_deviation", "lock_timeout"}) {
        CHECK_FALSE(training.contains(silent));
    }
    const auto rating = settings_json(config, false);
    CHECK(rating.contains("seed"));
    CHECK_FALSE(rating.contains("networks"));
    CHECK_FALSE(rating.contains("resampling"));
}

TEST_CASE("the decision is the rule of all models with the mean of their thresholds") {
    const Dataset dataset = classified_data({"a", "b"}, {0, 1});
    Findings findings;
    findings.ratings = {rating_of(0.5, 0), rating_of(0.5, 0)};
    const DecisionRule rule{DecisionRule::Kind::score, 0};
    findings.decisions = {Decision(rule, {0, std::log(3)}), Decision(rule, {0, 0})};
    const Json decision = make_report(dataset, *dataset.target, findings).json.at("decision");
    CHECK(decision.at("rule") == "score");
    CHECK(decision.at("threshold").get<double>() == Approx(0.375));
    CHECK(decision.at("threshold_deviation").get<double>() == Approx(0.125));
}

TEST_CASE("iterations where a metric is undefined do not count for it") {
    const Dataset dataset = classified_data({"a", "b"}, {0, 1});
    const Report report = report_of(dataset, {rating_of(mml::undefined, 0), rating_of(0.25, 0), rating_of(0.75, 0)});
    CHECK(report.metrics.at("score") == 0.5);
    CHECK(report.metrics.at("score_deviation") == 0.25);
}

TEST_CASE("a regression has neither classes nor a confusion matrix") {
    Rating rating = rating_of(1, 0);
    rating.confusion = {};
    const Report report = report_of(valued_data({1, 2, 3}), {rating});
    CHECK(report.json.at("task") == "regression");
    CHECK(report.json.at("classes").empty());
    CHECK(report.json.at("classes").is_array());
    CHECK(report.json.at("confusion").is_null());
}

TEST_CASE("shares are of the samples' weight") {
    Dataset dataset = classified_data({"a", "b"}, {0, 1});
    dataset.weights = {1, 3};
    const Report report = report_of(dataset, {rating_of(1, 0)});
    CHECK(report.json.at("classes")[0]["share"] == 0.25);
    CHECK(report.json.at("classes")[0]["count"] == 1);
}

TEST_CASE("classes more than 3 : 1 apart are told") {
    const std::vector<std::string> warning{"Provided classes are very unbalanced, predictions may not be accurate."};
    CHECK(imbalance({3, 1}).empty());
    CHECK(imbalance({4, 1}) == warning);
    CHECK(imbalance({1, 4}) == warning);
    CHECK(imbalance({2, 3, 7}) == warning);
    CHECK(imbalance({2, 0}) == warning);
    CHECK(imbalance({5}).empty());
    CHECK(imbalance({}).empty());
    CHECK(imbalance({4, 1}, {1, 2, 1, 1, 1}).empty());
}

TEST_CASE("a warning is told once") {
    std::vector<std::string> warnings;
    add_warning(warnings, "one");
    add_warning(warnings, "two");
    add_warning(warnings, "one");
    CHECK(warnings == std::vector<std::string>{"one", "two"});
}

TEST_CASE("numbers without a form in JSON are null") {
    CHECK(number_or_null(mml::undefined).dump() == "null");
    CHECK(number_or_null(std::numeric_limits<double>::infinity()).dump() == "null");
    CHECK(number_or_null(0.5).dump() == "0.5");
}
