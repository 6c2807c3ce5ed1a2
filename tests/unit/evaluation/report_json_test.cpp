// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <doctest/doctest.h>
#include <limits>
#include <vector>

#include "evaluation/report_json.hpp"
#include "examples.hpp"

using doctest::Approx;
using namespace mml;
using testing::classified_data;
using testing::rotating_labels;
using testing::valued_data;

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

Rating rating_of(double score, double baseline) {
    Rating rating;
    rating.training_rows = 3;
    rating.test_rows = 1;
    rating.seconds = 0.5;
    rating.metrics = {{"score", score}, {"roc_auc", undefined}};
    rating.baselines = {{"score", baseline}, {"roc_auc", undefined}};
    rating.confusion = {1, 0, 0, 2};
    return rating;
}

Report report_of(const Dataset& dataset, const std::vector<Rating>& ratings) {
    Findings findings;
    findings.kind = "cross_validation";
    findings.ratings = ratings;
    findings.warnings = {"not \xff UTF-8"};
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
    CHECK(
        report.json.dump() ==
        "{\"schema\":1,\"kind\":\"cross_validation\",\"task\":\"classification\",\"rows\":4,\"columns\":1,"
        "\"classes\":[{\"name\":\"a\xEF\xBF\xBD\",\"count\":3,\"share\":0.75},{\"name\":\"b\",\"count\":1,\"share\":0.25}],"
        "\"metrics\":{\"score\":{\"value\":0.75,\"deviation\":0.25,\"baseline\":0.25},"
        "\"roc_auc\":{\"value\":null,\"deviation\":null,\"baseline\":null}},"
        "\"confusion\":[[2.0,0.0],[0.0,4.0]],"
        "\"iterations\":[{\"training_rows\":3,\"test_rows\":1,\"seconds\":0.5,\"score\":0.5,\"roc_auc\":null},"
        "{\"training_rows\":3,\"test_rows\":1,\"seconds\":0.5,\"score\":1.0,\"roc_auc\":null}],"
        "\"options\":{},\"warnings\":[\"not \xEF\xBF\xBD UTF-8\"]}");
    CHECK(report.metrics.at("score") == 0.75);
    CHECK(report.metrics.at("score_deviation") == 0.25);
    CHECK(report.metrics.at("baseline_score") == 0.25);
    CHECK(std::isnan(report.metrics.at("roc_auc")));
    CHECK(std::isnan(report.metrics.at("roc_auc_deviation")));
    CHECK(std::isnan(report.metrics.at("baseline_roc_auc")));
    CHECK(report.metrics.size() == 6);
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

TEST_CASE("iterations where a metric is undefined do not count for it") {
    const Dataset dataset = classified_data({"a", "b"}, {0, 1});
    const Report report = report_of(dataset, {rating_of(undefined, 0), rating_of(0.25, 0), rating_of(0.75, 0)});
    CHECK(report.metrics.at("score") == 0.5);
    CHECK(report.metrics.at("score_deviation") == 0.25);
}

TEST_CASE("a regression has neither classes nor a confusion matrix") {
    Rating rating = rating_of(1, 0);
    rating.confusion = {};
    const Report report = report_of(valued_data({1, 2, 3}), {rating});
    CHECK(report.json["task"] == "regression");
    CHECK(report.json["classes"].empty());
    CHECK(report.json["classes"].is_array());
    CHECK(report.json["confusion"].is_null());
}

TEST_CASE("shares are of the samples' weight") {
    Dataset dataset = classified_data({"a", "b"}, {0, 1});
    dataset.weights = {1, 3};
    const Report report = report_of(dataset, {rating_of(1, 0)});
    CHECK(report.json["classes"][0]["share"] == 0.25);
    CHECK(report.json["classes"][0]["count"] == 1);
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
    CHECK(number_or_null(undefined).dump() == "null");
    CHECK(number_or_null(std::numeric_limits<double>::infinity()).dump() == "null");
    CHECK(number_or_null(0.5).dump() == "0.5");
}
