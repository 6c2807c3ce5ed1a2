// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <vector>

#include "../../mentions.hpp"
#include "base/error.hpp"
#include "evaluation/rating.hpp"
#include "examples.hpp"

using doctest::Approx;
using namespace mml;
using mml_test::mentions;
using testing::classified_data;
using testing::valued_data;

namespace {

double value_of(const std::vector<MetricValue>& metrics, const std::string& name) {
    for (const auto& [metric, value] : metrics) {
        if (metric->name == name) return value;
    }
    FAIL("no metric ", name);
    return 0;
}

// A rating holds each metric of the table once, in its order.
bool holds_all(const std::vector<MetricValue>& metrics, std::int64_t classes) {
    return std::ranges::equal(metrics, metrics_for(classes), {}, &MetricValue::metric);
}

}  // namespace

TEST_CASE("classes are matched by name") {
    const Dataset dataset = classified_data({"low", "high", "unused"}, {0, 1, 1});
    const Target target = with_classes(dataset, {"high", "middle", "low"});
    CHECK(target.class_names == std::vector<std::string>{"high", "middle", "low"});
    CHECK(target.class_indices == std::vector<std::int32_t>{2, 0, 0});
}

TEST_CASE("names that are not UTF-8 are matched as a model keeps them") {
    const Dataset dataset = classified_data({"\xff", "\xfe", "b"}, {0, 1, 2});
    const std::vector<std::string> kept{"\xEF\xBF\xBD", "\xEF\xBF\xBD", "b"};
    CHECK(with_classes(dataset, kept).class_names == kept);
    CHECK(with_classes(dataset, kept).class_indices == std::vector<std::int32_t>{0, 1, 2});
    CHECK(with_classes(dataset, {"b", "\xEF\xBF\xBD"}).class_indices == std::vector<std::int32_t>{1, 1, 0});
}

TEST_CASE("a class that the model does not know is named, with its first sample") {
    const Dataset dataset = classified_data({"low", "new\nclass"}, {0, 0, 1});
    try {
        with_classes(dataset, {"low", "high"});
        FAIL("accepted");
    } catch (const Error& error) {
        CHECK(error.status() == Status::mismatch);
        CHECK(std::string(error.what()) == mentions("sample 3", "\"new\\x0aclass\"", "\"low\"", "\"high\"", "leave"));
    }
}

TEST_CASE("the constant prediction is the share of each class, or the mean") {
    const Target classes = *classified_data({"a", "b", "c"}, {0, 0, 0, 1}).target;
    CHECK(constant_prediction(classes, {}) == std::vector<float>{0.75F, 0.25F, 0});
    const std::vector<float> weights{1, 0, 0, 3};
    CHECK(constant_prediction(classes, weights) == std::vector<float>{0.25F, 0.75F, 0});
    const Target values = *valued_data({1, 2, 6}).target;
    CHECK(constant_estimate(values, {}) == 3);
    CHECK(constant_estimate(values, std::vector<float>{1, 1, 0}) == 1.5);
}

TEST_CASE("a rating of two classes beside its baseline") {
    const Target target = *classified_data({"no", "yes"}, {0, 0, 0, 1}).target;
    const std::vector<float> predictions{0.75F, 0.25F, 0.75F, 0.25F, 0.25F, 0.75F, 0.25F, 0.75F};
    const Rating rating = rate(target, {}, predictions, std::vector<float>{0.75F, 0.25F});
    CHECK(rating.test_rows == 4);
    CHECK(rating.confusion == std::vector<double>{2, 1, 0, 1});
    CHECK(holds_all(rating.metrics, 2));
    CHECK(holds_all(rating.baselines, 2));
    CHECK(value_of(rating.metrics, "accuracy") == 0.75);
    CHECK(value_of(rating.metrics, "score") == value_of(rating.metrics, "f1_score"));
    CHECK(value_of(rating.metrics, "f1_score") == Approx((3 * 0.8 + 2.0 / 3) / 4));
    CHECK(value_of(rating.metrics, "roc_auc") == Approx(2.5 / 3));
    CHECK(value_of(rating.metrics, "matthews_correlation") == Approx(2 / std::sqrt(12)));
    CHECK(value_of(rating.metrics, "pr_auc") == 0.5);
    CHECK(value_of(rating.metrics, "calibration_error") == 0.25);
    CHECK(value_of(rating.baselines, "accuracy") == 0.75);
    CHECK(value_of(rating.baselines, "matthews_correlation") == 0);
    CHECK(value_of(rating.baselines, "pr_auc") == 0.25);
    CHECK(value_of(rating.baselines, "calibration_error") == 0);
    CHECK(rating.counts.actual == std::vector<double>{3, 1});
    CHECK(rating.counts.correct == std::vector<double>{2, 1});
    CHECK(value_of(rating.baselines, "balanced_accuracy") == 0.5);
    CHECK(value_of(rating.baselines, "roc_auc") == 0.5);
    CHECK(value_of(rating.baselines, "brier_score") == 0.1875);
    CHECK(value_of(rating.baselines, "log_loss") == Approx(-(3 * std::log(0.75) + std::log(0.25)) / 4));
}

TEST_CASE("metrics of answers are of the decision, with those of the most probable class beside") {
    const Target target = *classified_data({"no", "yes"}, {0, 0, 0, 1, 1}).target;
    const std::vector<float> predictions{0.9F, 0.1F, 0.8F, 0.2F, 0.6F, 0.4F, 0.7F, 0.3F, 0.3F, 0.7F};
    const std::vector<std::int32_t> answers{0, 0, 1, 1, 1};
    const std::vector<float> shares{0.6F, 0.4F};
    const Rating decided = rate(target, {}, predictions, shares, answers);
    const Rating probable = rate(target, {}, predictions, shares);
    CHECK(value_of(decided.metrics, "accuracy") == 0.8);
    CHECK(value_of(decided.metrics, "balanced_accuracy") == Approx((2.0 / 3 + 1) / 2));
    CHECK(decided.confusion == std::vector<double>{2, 1, 0, 2});
    CHECK(decided.counts.predicted == std::vector<double>{2, 3});
    CHECK(value_of(decided.baselines, "balanced_accuracy") == 0.5);
    for (const Metric* metric : metrics_for(2)) {
        const std::string name = metric->name;
        CAPTURE(name);
        const double at_probable = value_of(decided.at_probable, name);
        if (metric->of_counts != nullptr) {
            CHECK(at_probable == value_of(probable.metrics, name));
        } else {
            CHECK(std::isnan(at_probable));
            CHECK(value_of(decided.metrics, name) == value_of(probable.metrics, name));
        }
    }
    CHECK(value_of(decided.at_probable, "balanced_accuracy") == 0.75);
}

TEST_CASE("more than two classes have no ROC curve of the positive class, but one of each against the rest") {
    const Target target = *classified_data({"a", "b", "c"}, {0, 1, 2}).target;
    const std::vector<float> predictions{1, 0, 0, 0, 1, 0, 0, 0, 1};
    const Rating rating = rate(target, {}, predictions, std::vector<float>{0.5F, 0.25F, 0.25F});
    CHECK(holds_all(rating.metrics, 3));
    CHECK(std::isnan(value_of(rating.metrics, "roc_auc")));
    CHECK(value_of(rating.metrics, "roc_auc_one_vs_rest") == 1);
    CHECK(value_of(rating.baselines, "roc_auc_one_vs_rest") == 0.5);
    CHECK(std::isnan(value_of(rating.metrics, "pr_auc")));
    CHECK(value_of(rating.metrics, "pr_auc_one_vs_rest") == 1);
    CHECK(value_of(rating.baselines, "pr_auc_one_vs_rest") == Approx(1.0 / 3));
}

TEST_CASE("estimates are rated as double: a spread of 1 counts at 1.7e9, and 1e39 is a number") {
    const Target dates = *valued_data({1.7e9, 1.7e9 + 1, 1.7e9 + 5}).target;
    const Rating rating = rate(dates, {}, std::vector<double>{1.7e9, 1.7e9 + 1, 1.7e9 + 5}, constant_estimate(dates, {}));
    CHECK(value_of(rating.metrics, "r2") == 1);
    CHECK(value_of(rating.baselines, "r2") == 0);
    CHECK(value_of(rating.baselines, "mae") == 2);
    const Target huge = *valued_data({1e39, 2e39, 6e39}).target;
    CHECK(constant_estimate(huge, {}) == Approx(3e39));
    CHECK(value_of(rate(huge, {}, std::vector<double>{1e39, 2e39, 6e39}, 3e39).baselines, "mae") == Approx(2e39));
}

TEST_CASE("a rating of estimates") {
    const Target target = *valued_data({1, 2, 6}).target;
    const Rating rating = rate(target, {}, std::vector<double>{1, 2, 6}, 3);
    CHECK(holds_all(rating.metrics, 0));
    CHECK(value_of(rating.metrics, "score") == 1);
    CHECK(value_of(rating.metrics, "rmse") == 0);
    CHECK(value_of(rating.baselines, "r2") == 0);
    CHECK(value_of(rating.baselines, "mae") == 2);
    CHECK(rating.confusion.empty());
}

TEST_CASE("a confusion matrix is left out beyond fifty classes") {
    const std::vector<std::string> names_of_50(50, "class");
    const std::vector<std::string> names_of_51(51, "class");
    const auto rating = [](const std::vector<std::string>& class_names) {
        const std::vector<float> row(class_names.size(), 0.01F);
        return rate(*classified_data(class_names, {0}).target, {}, row, row);
    };
    CHECK(rating(names_of_50).confusion.size() == 2500);
    CHECK(rating(names_of_51).confusion.empty());
}
