// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <doctest/doctest.h>
#include <limits>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "evaluation/data_quality.hpp"
#include "examples.hpp"

using doctest::Approx;
using namespace mml;
using testing::classified_data;
using testing::valued_data;

namespace {

constexpr float missing = std::numeric_limits<float>::quiet_NaN();

Dataset with_columns(Dataset dataset, const std::vector<std::vector<float>>& columns) {
    dataset.features = SparseRows(std::vector<float>(columns.size()));
    dataset.column_names.clear();
    for (std::size_t column = 0; column < columns.size(); ++column) {
        dataset.column_names.push_back("c" + std::to_string(column));
    }
    for (std::size_t row = 0; row < columns.front().size(); ++row) {
        std::vector<float> cells;
        for (const auto& column : columns) cells.push_back(column[row]);
        dataset.features.append_dense_row(cells);
    }
    return dataset;
}

Json quality(const Dataset& dataset) { return data_quality_json(dataset, *dataset.target); }

std::vector<std::int32_t> alternating(int count) {
    std::vector<std::int32_t> labels;
    for (int row = 0; row < count; ++row) labels.push_back(row % 2);
    return labels;
}

std::vector<float> noise(int count) {
    RandomStream stream(5);
    std::vector<float> cells;
    for (int row = 0; row < count; ++row) cells.push_back(static_cast<float>(stream.uniform()));
    return cells;
}

}  // namespace

TEST_CASE("columns that say nothing are named") {
    const Dataset dataset = with_columns(classified_data({"a", "b"}, {0, 1, 0, 1}), {{0, 0, 0, 0},
                                                                                     {7, 7, 7, 7},
                                                                                     {missing, missing, missing, missing},
                                                                                     {1, 2, 0, missing},
                                                                                     {1, 2, 0, missing},
                                                                                     {1, 2, 0, 1}});
    const auto json = quality(dataset);
    CHECK(json["constant_columns"].dump() == R"({"count":3,"names":["c0","c1","c2"]})");
    CHECK(json["duplicate_columns"].dump() == R"({"count":1,"pairs":[["c4","c3"]]})");
    CHECK(json["missing"].dump() ==
          R"({"columns":3,"share":0.25,"worst":[{"name":"c2","share":1.0},{"name":"c3","share":0.25},)"
          R"({"name":"c4","share":0.25}]})");
}

TEST_CASE("of many columns the first are named and all counted") {
    const Dataset dataset = with_columns(classified_data({"a", "b"}, {0, 1}), std::vector<std::vector<float>>(50, {3, 3}));
    const auto json = quality(dataset);
    CHECK(json["constant_columns"]["count"] == 50);
    CHECK(json["constant_columns"]["names"].size() == most_named_columns);
    CHECK(json["duplicate_columns"]["count"] == 0);
}

TEST_CASE("equal rows of different classes bound what any model can get right") {
    const auto json = quality(with_columns(classified_data({"a", "b"}, {0, 1, 1, 0, 0}), {{1, 1, 1, 2, 2}}));
    CHECK(json["equal_rows"].dump() == R"({"rows":5,"conflicting":3,"best_accuracy":0.8})");
    const auto values = quality(with_columns(valued_data({1, 2, 3}), {{1, 1, 2}}));
    CHECK(values["equal_rows"].dump() == R"({"rows":2,"conflicting":2,"best_accuracy":null})");
}

TEST_CASE("a column that tells the target on its own is named, with its share") {
    std::vector<float> leak;
    std::vector<float> hint;
    const std::vector<float> jitter = noise(200);
    for (std::size_t row = 0; row < 200; ++row) {
        leak.push_back(static_cast<float>(row % 2 * 2) + jitter[row]);
        hint.push_back(static_cast<float>(row % 2) + 1.2F * jitter[199 - row]);
    }
    const auto json = quality(with_columns(classified_data({"a", "b"}, alternating(200)), {jitter, leak, hint}));
    REQUIRE(json["telling_columns"].size() == 1);
    CHECK(json["telling_columns"][0]["name"] == "c1");
    CHECK(json["telling_columns"][0]["share"].get<double>() >= 0.99);
}

TEST_CASE("with one class of 99 % a column of noise is not suspected") {
    std::vector<std::int32_t> labels(1000);
    for (std::size_t row = 0; row < 5; ++row) labels[row * 200] = 1;
    CHECK(quality(with_columns(classified_data({"a", "b"}, labels), {noise(1000)}))["telling_columns"].empty());
}

TEST_CASE("how well a column tells the target") {
    const Target classes{Task::classification, {"a", "b", "c"}, {0, 0, 1, 1, 2, 2}, {}};
    CHECK(told_by_column(std::vector<float>{5, 5, 1, 1, 3, 3}, classes) == 1);
    CHECK(told_by_column(std::vector<float>{1, 1, 1, 1, 3, 3}, classes) == Approx(4.0 / 6));
    CHECK(told_by_column(std::vector<float>{missing, missing, 1, 1, 3, 3}, classes) == 1);
    // Alone in their cells: the first is taken as it is, each other as the one before it.
    CHECK(told_by_column(std::vector<float>{1, 2, 3, 4, 5, 6}, classes) == Approx(4.0 / 6));
    const Target values{Task::regression, {}, {}, {10, 10, 20, 20}};
    CHECK(told_by_column(std::vector<float>{1, 1, 2, 2}, values) == 1);
    CHECK(told_by_column(std::vector<float>{1, 2, 1, 2}, values) == 0);
    CHECK(told_by_column(std::vector<float>{1}, {Task::regression, {}, {}, {10}}) == 0);
}
