// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <doctest/doctest.h>
#include <functional>
#include <vector>

#include "base/random.hpp"
#include "metrics/influence.hpp"

using doctest::Approx;
using namespace mml;

namespace {

// Rows of random probabilities, answers that are right more often than not, and weights.
struct Sample {
    std::vector<std::int32_t> labels;
    std::vector<float> probabilities;
    std::vector<float> weights;
    std::int64_t classes;

    Sample(int rows, int class_count, std::uint64_t seed, bool weighted) : classes(class_count) {
        RandomStream stream(seed);
        for (int row = 0; row < rows; ++row) {
            labels.push_back(stream.uniform() < 0.3 ? 1 : row % class_count);
            std::vector<double> strengths;
            double sum = 0;
            for (int k = 0; k < class_count; ++k) {
                strengths.push_back(std::exp(stream.normal() + (k == labels.back() ? 1 : 0)));
                sum += strengths.back();
            }
            // One decimal only, so that rows share their probability.
            for (const double each : strengths)
                probabilities.push_back(static_cast<float>(std::round(10 * each / sum) / 10));
            weights.push_back(weighted ? static_cast<float>(0.5 + stream.uniform()) : 1.0F);
        }
    }

    ClassifiedRows rows() const { return {labels, probabilities, classes, weights}; }
};

// How far a metric moves when one row weighs a little more is its influence, by definition.
void check_derivatives(Sample sample, const std::function<Influence(const ClassifiedRows&)>& influence) {
    const Influence found = influence(sample.rows());
    REQUIRE(found.of_rows.size() == sample.labels.size());
    double sum = 0;
    for (const double each : found.of_rows) sum += each;
    CHECK(sum == Approx(0).scale(1).epsilon(1e-9));
    for (std::size_t row = 0; row < sample.labels.size(); row += 7) {
        const float weight = sample.weights[row];
        const float step = 1.0F / 64;
        sample.weights[row] = weight + step;
        const double above = influence(sample.rows()).value;
        sample.weights[row] = weight - step;
        const double below = influence(sample.rows()).value;
        sample.weights[row] = weight;
        CHECK(weight * (above - below) / (2 * step) == Approx(found.of_rows[row]).scale(0.01).epsilon(0.01));
    }
}

Influence area_of_class_one(const ClassifiedRows& rows) { return roc_auc_influence(rows, 1); }

Influence mean_area(const ClassifiedRows& rows) {
    std::vector<Influence> areas;
    for (std::int32_t k = 0; k < rows.classes; ++k) areas.push_back(roc_auc_influence(rows, k));
    return mean_of(areas);
}

double deviation_over_samples(const std::function<double(std::uint64_t)>& value) {
    double sum = 0, squares = 0;
    constexpr int count = 400;
    for (int i = 0; i < count; ++i) {
        const double each = value(static_cast<std::uint64_t>(1000 + i));
        sum += each;
        squares += each * each;
    }
    return std::sqrt((squares - sum * sum / count) / (count - 1));
}

}  // namespace

TEST_CASE("a row's influence is how far the metric moves with the row's weight") {
    for (const int classes : {2, 3}) {
        check_derivatives(Sample(150, classes, 3, true), balanced_accuracy_influence);
        check_derivatives(Sample(150, classes, 4, true), weighted_f1_influence);
        check_derivatives(Sample(150, classes, 5, true), area_of_class_one);
    }
    check_derivatives(Sample(150, 3, 6, true), mean_area);
}

TEST_CASE("the values are those of the metrics") {
    const Sample sample(200, 3, 7, true);
    const ClassifiedRows rows = sample.rows();
    CHECK(balanced_accuracy_influence(rows).value == balanced_accuracy(count_classes(rows)));
    CHECK(weighted_f1_influence(rows).value == weighted_scores(count_classes(rows)).f1_score);
    CHECK(roc_auc_influence(rows, 2).value == roc_auc(rows, 2));
    CHECK(mean_area(rows).value == Approx(roc_auc_one_vs_rest(rows)));
}

TEST_CASE("the standard error is the metric's deviation over samples") {
    const auto compare = [](const std::function<Influence(const ClassifiedRows&)>& influence) {
        const double drawn =
            deviation_over_samples([&](std::uint64_t seed) { return influence(Sample(300, 2, seed, false).rows()).value; });
        CHECK(influence(Sample(300, 2, 1, false).rows()).standard_error() == Approx(drawn).epsilon(0.2));
    };
    compare(balanced_accuracy_influence);
    compare(weighted_f1_influence);
    compare(area_of_class_one);
}

// By hand: the mean is 2, the deviations -1, 0, 1, each divided by 3 rows.
TEST_CASE("the standard error of a mean is the one of every textbook") {
    const std::vector<double> values{1, 2, 3};
    const Influence mean = mean_influence(values, {});
    CHECK(mean.value == 2);
    CHECK(mean.standard_error() == Approx(std::sqrt(2.0) / 3));
}

TEST_CASE("a row that stands for several has the standard error of so many rows") {
    const std::vector<double> values{1, 1, 1, 2, 3, 3}, merged{1, 2, 3};
    const std::vector<std::int32_t> counts{3, 1, 2};
    const std::vector<float> weights{3, 1, 2};
    CHECK(mean_influence(merged, weights).standard_error(counts) == Approx(mean_influence(values, {}).standard_error()));
}

TEST_CASE("influences of estimates are derivatives too") {
    RandomStream stream(9);
    std::vector<double> targets, estimates;
    std::vector<float> weights;
    for (int row = 0; row < 80; ++row) {
        targets.push_back(stream.normal());
        estimates.push_back(targets.back() + 0.4 * stream.normal());
        weights.push_back(static_cast<float>(0.5 + stream.uniform()));
    }
    for (const auto influence : {root_mean_squared_error_influence, mean_absolute_error_influence, r_squared_influence}) {
        const Influence found = influence({targets, estimates, weights});
        for (std::size_t row = 0; row < targets.size(); row += 5) {
            const float weight = weights[row];
            const float step = 1.0F / 64;
            weights[row] = weight + step;
            const double above = influence({targets, estimates, weights}).value;
            weights[row] = weight - step;
            const double below = influence({targets, estimates, weights}).value;
            weights[row] = weight;
            CHECK(weight * (above - below) / (2 * step) == Approx(found.of_rows[row]).scale(0.01).epsilon(0.01));
        }
    }
}

TEST_CASE("without both sides there is no area, and without spread no share of it") {
    const std::vector<std::int32_t> labels{1, 1};
    const std::vector<float> probabilities{0.5F, 0.5F, 0.25F, 0.75F};
    CHECK(std::isnan(roc_auc_influence({labels, probabilities, 2}, 1).value));
    CHECK(std::isnan(mean_of({}).value));
    const std::vector<double> same{2, 2};
    CHECK(std::isnan(r_squared_influence({same, same, {}}).value));
    CHECK(root_mean_squared_error_influence({same, same, {}}).standard_error() == 0);
}
