// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <doctest/doctest.h>
#include <limits>
#include <vector>

#include "base/random.hpp"
#include "evaluation/rated_rows.hpp"
#include "metrics/metrics.hpp"

using doctest::Approx;
using namespace mml;

namespace {

// Two classes, of which the predictions get the given share right, row by row.
RatedRows rated(int rows, double right) {
    RatedRows pool;
    Target target{Task::classification, {"no", "yes"}, {}, {}};
    std::vector<float> predictions;
    for (int row = 0; row < rows; ++row) {
        const int label = row % 2;
        const bool correct = row < right * rows;
        const float second = (label == 1) == correct ? 0.75F : 0.25F;
        target.class_indices.push_back(label);
        predictions.insert(predictions.end(), {1 - second, second});
    }
    pool.add(target, {}, predictions);
    return pool;
}

std::vector<Interval> intervals(const RatedRows& pool, int threads = 1, std::uint64_t seed = 1) {
    Supervisor supervisor({threads, 0, {}});
    return bootstrap_intervals(pool, seed, supervisor);
}

constexpr std::size_t accuracy_index = 1;

}  // namespace

// From the tables of Student's t that every book of statistics has.
TEST_CASE("quantiles of Student's t") {
    CHECK(student_quantile(0.975, 1) == Approx(12.7062047).epsilon(1e-8));
    CHECK(student_quantile(0.975, 2) == Approx(4.30265273).epsilon(1e-8));
    CHECK(student_quantile(0.975, 3) == Approx(3.18244631).epsilon(1e-8));
    CHECK(student_quantile(0.975, 4) == Approx(2.77644511).epsilon(1e-8));
    CHECK(student_quantile(0.975, 9) == Approx(2.26215716).epsilon(1e-8));
    CHECK(student_quantile(0.975, 999) == Approx(1.96234146).epsilon(1e-8));
    CHECK(student_quantile(0.95, 5) == Approx(2.01504837).epsilon(1e-8));
}

TEST_CASE("percentiles are interpolated, and need most values to be defined") {
    std::vector<double> values;
    for (int i = 40; i >= 0; --i) values.push_back(i);
    const Interval interval = percentile_interval(values);
    CHECK(interval.low == 1);
    CHECK(interval.high == 39);
    CHECK(percentile_interval({1, 2}).low == Approx(1.025));
    CHECK(percentile_interval({0, 1, 10}).low == Approx(0.05));
    CHECK(percentile_interval({0, 1, 10}).high == Approx(9.55));
    CHECK(percentile_interval({5, mml::undefined}).high == 5);
    CHECK(std::isnan(percentile_interval({5, mml::undefined, mml::undefined}).low));
    CHECK(std::isnan(percentile_interval({}).high));
}

// Two values 0.2 apart have a standard deviation of 0.141421; with test sets a quarter of the training sets the variance of
// their mean is (1 / 2 + 1 / 4) * 0.02.
TEST_CASE("splits of the same rows count for less than independent ones") {
    const Interval interval = corrected_interval(std::vector<double>{0.5, 0.7}, 0.25);
    CHECK(interval.high - interval.low == Approx(2 * 12.7062047 * std::sqrt(0.015)));
    CHECK((interval.low + interval.high) / 2 == Approx(0.6));
    CHECK(std::isnan(corrected_interval(std::vector<double>{0.5, mml::undefined}, 0.25).low));
    CHECK(corrected_interval(std::vector<double>{0.7, 0.7, 0.7}, 0.25).low == 0.7);
}

TEST_CASE("an interval is cut to what a metric can be") {
    CHECK(cut_to({0, 1}, {-0.5, 1.5}).low == 0);
    CHECK(cut_to({0, 1}, {-0.5, 1.5}).high == 1);
    CHECK(std::isnan(cut_to({0, 1}, {}).low));
}

// The share of right rows among n drawn has the deviation sqrt(p (1 - p) / n).
TEST_CASE("resampled rows spread as theory says") {
    const Interval interval = intervals(rated(2000, 0.8))[accuracy_index];
    const double reach = 1.96 * std::sqrt(0.8 * 0.2 / 2000);
    CHECK(interval.low == Approx(0.8 - reach).epsilon(0.004));
    CHECK(interval.high == Approx(0.8 + reach).epsilon(0.004));
    CHECK(intervals(rated(2000, 1))[accuracy_index].low == 1);
}

TEST_CASE("resamples follow from the seed, not from the threads") {
    const RatedRows pool = rated(300, 0.7);
    const Interval one = intervals(pool, 1)[accuracy_index];
    const Interval three = intervals(pool, 3)[accuracy_index];
    CHECK(one.low == three.low);
    CHECK(one.high == three.high);
    // A share of right ones among 300 has few values, so that two seeds may well agree; nine do not.
    bool differs = false;
    for (std::uint64_t seed = 2; seed < 10; ++seed) differs |= intervals(pool, 1, seed)[accuracy_index].low != one.low;
    CHECK(differs);
}

TEST_CASE("rows of weight 0 are not resampled, and one row says nothing of its spread") {
    RatedRows pool = rated(400, 0.5);
    for (std::size_t row = 200; row < 400; ++row) pool.weights[row] = 0;
    CHECK(intervals(pool)[accuracy_index].low == 1);
    for (std::size_t row = 1; row < 400; ++row) pool.weights[row] = 0;
    CHECK(std::isnan(intervals(pool)[accuracy_index].low));
    CHECK(std::isnan(intervals(rated(1, 1))[accuracy_index].low));
}

TEST_CASE("estimates have intervals too") {
    RatedRows pool;
    Target target{Task::regression, {}, {}, {}};
    std::vector<double> estimates;
    RandomStream stream(7);
    for (int row = 0; row < 1000; ++row) {
        target.values.push_back(row);
        estimates.push_back(row + stream.normal());
    }
    pool.add(target, {}, estimates);
    const Interval root_mean_squared_error = intervals(pool)[1];
    CHECK(root_mean_squared_error.low > 0.9);
    CHECK(root_mean_squared_error.low < 1);
    CHECK(root_mean_squared_error.high > 1);
    CHECK(root_mean_squared_error.high < 1.1);
}

TEST_CASE("the pool of rated rows is bounded") {
    RatedRows pool;
    Target target{Task::regression, {}, {}, std::vector<double>(3'000'000)};
    const std::vector<double> estimates(3'000'000);
    pool.add(target, {}, estimates);
    pool.add(target, {}, estimates);
    CHECK(pool.rows() == 3'000'000);
    target.values.resize(10);
    pool.add(target, std::vector<float>(10, 2), std::span(estimates).first(10));
    CHECK(pool.rows() == 3'000'010);
    CHECK(pool.weights.back() == 2);
    target.values.resize(most_pooled_predictions - 3'000'010);
    pool.add(target, {}, std::span(estimates).first(target.values.size()));
    CHECK(pool.rows() == most_pooled_predictions);
    target.values.resize(1);
    pool.add(target, {}, std::span(estimates).first(1));
    CHECK(pool.rows() == most_pooled_predictions);
}
