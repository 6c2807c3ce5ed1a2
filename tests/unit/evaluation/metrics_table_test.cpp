// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <fstream>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"
#include "evaluation/rater.hpp"
#include "metrics/calibration_error.hpp"
#include "metrics/metrics.hpp"

using doctest::Approx;
using namespace mml;

namespace {

std::vector<std::string> parts(const std::string& text, char separator) {
    std::vector<std::string> result;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find(separator, start), text.size());
        result.push_back(text.substr(start, end - start));
        start = end + 1;
    }
    return result;
}

double number(const std::string& cell) {
    double value = std::numeric_limits<double>::quiet_NaN();
    if (!cell.empty()) REQUIRE(parse_number(cell, &value));
    return value;
}

template <typename T>
std::vector<T> numbers(const std::string& cell) {
    std::vector<T> values;
    if (cell.empty()) return values;
    for (const std::string& part : parts(cell, ' ')) values.push_back(static_cast<T>(number(part)));
    return values;
}

using Line = std::map<std::string, std::string>;

// tests/data/metrics.csv; no cell of it is quoted.
std::vector<Line> table() {
    std::ifstream file(MOODLEML_TEST_DATA "/metrics.csv");
    std::string text;
    REQUIRE(std::getline(file, text));
    const auto names = parts(text, ',');
    std::vector<Line> lines;
    while (std::getline(file, text)) {
        const auto cells = parts(text, ',');
        REQUIRE(cells.size() == names.size());
        Line line;
        for (std::size_t i = 0; i < cells.size(); ++i) line[names[i]] = cells[i];
        lines.push_back(line);
    }
    return lines;
}

void check_same(const Line& line, const std::string& name, double value) {
    const double expected = number(line.at(name));
    INFO(line.at("case"), ": ", name);
    CHECK(std::isnan(value) == std::isnan(expected));
    if (!std::isnan(expected)) CHECK(value == Approx(expected).epsilon(1e-9));
}

void check_same_list(const Line& line, const std::string& name, const std::vector<ClassScores>& scores,
                     double ClassScores::*score) {
    const auto expected = numbers<double>(line.at(name));
    INFO(line.at("case"), ": ", name);
    REQUIRE(scores.size() == expected.size());
    for (std::size_t i = 0; i < scores.size(); ++i) CHECK(scores[i].*score == Approx(expected[i]).epsilon(1e-9));
}

// Each metric of the table that reports are made from has its column.
void check_table(const Line& line, const std::vector<MetricValue>& values) {
    for (const auto& [metric, value] : values) {
        const std::string name = metric->name;
        if (name != "score") check_same(line, name, value);
    }
}

void check_classes(const Line& line) {
    const auto labels = numbers<std::int32_t>(line.at("targets"));
    const auto probabilities = numbers<float>(line.at("scores"));
    const auto weights = numbers<float>(line.at("weights"));
    const ClassifiedRows rows{labels, probabilities, static_cast<std::int64_t>(number(line.at("classes"))), weights};
    const ClassCounts counts = count_classes(rows);
    const ClassScores scores = weighted_scores(counts);
    check_same(line, "accuracy", accuracy(counts));
    check_same(line, "balanced_accuracy", balanced_accuracy(counts));
    check_same(line, "precision", scores.precision);
    check_same(line, "recall", scores.recall);
    check_same(line, "f1_score", scores.f1_score);
    if (rows.classes == 2) check_same(line, "roc_auc", roc_auc(rows, 1));
    check_same(line, "roc_auc_one_vs_rest", roc_auc_one_vs_rest(rows));
    check_same(line, "log_loss", log_loss(rows));
    check_same(line, "brier_score", brier_score(rows));
    check_same(line, "matthews_correlation", matthews_correlation(counts));
    if (rows.classes == 2) check_same(line, "pr_auc", average_precision(rows, 1));
    check_same(line, "pr_auc_one_vs_rest", average_precision_one_vs_rest(rows));
    check_same(line, "calibration_error", calibration_error(binned(forecasts(rows), rows.weights)));
    check_same_list(line, "class_precision", class_scores(counts), &ClassScores::precision);
    check_same_list(line, "class_recall", class_scores(counts), &ClassScores::recall);
    check_same_list(line, "class_f1_score", class_scores(counts), &ClassScores::f1_score);
    for (const Rankings rankings : {Rankings::kept, Rankings::made_each_time}) {
        check_table(line, ClassRater(rows, rankings).metrics(rows.weights));
    }
}

void check_values(const Line& line) {
    const auto targets = numbers<double>(line.at("targets"));
    const auto estimates = numbers<double>(line.at("scores"));
    const auto weights = numbers<float>(line.at("weights"));
    const EstimatedRows rows{targets, estimates, weights};
    check_same(line, "rmse", root_mean_squared_error(rows));
    check_same(line, "mae", mean_absolute_error(rows));
    check_same(line, "r2", r_squared(rows));
    check_table(line, estimate_metrics(rows));
}

}  // namespace

TEST_CASE("the table says all that there is to say of each metric") {
    for (const std::int64_t classes : {0, 1, 2, 3}) {
        std::set<std::string> names;
        for (const Metric* metric : metrics_for(classes)) {
            INFO(metric->name, " of ", classes, " classes");
            CHECK(names.insert(metric->name).second);
            CHECK(&metric_named(metric->name, classes) == metric);
            CHECK(metric->bounds.low < metric->bounds.high);
            for (const char* words : {metric->label, metric->meaning}) CHECK((words != nullptr && *words != '\0'));
            CHECK((metric->of_counts != nullptr) + (metric->of_probabilities != nullptr) ==
                  (classes > 0 && metric->of_estimates == nullptr ? 1 : 0));
            CHECK((metric->of_estimates != nullptr) == (classes == 0));
        }
        CHECK(names.contains("score"));
    }
    CHECK(metric_named("brier_score", 3).bounds.high == 2);
    CHECK(metric_named("score", 0).bounds.low == -std::numeric_limits<double>::infinity());
}

TEST_CASE("a name that is not in the table is refused") {
    CHECK_THROWS_WITH_AS(metric_named("f1", 2), "no metric is called \"f1\" in a report on 2 classes", Error);
    CHECK_THROWS_AS(metric_named("rmse", 2), Error);
}

TEST_CASE("metrics agree with scikit-learn") {
    const std::vector<Line> lines = table();
    CHECK(lines.size() == 500);
    for (const Line& line : lines) {
        if (line.at("classes") == "0") {
            check_values(line);
        } else {
            check_classes(line);
        }
    }
}
