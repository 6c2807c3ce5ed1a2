// SPDX-License-Identifier: Apache-2.0
// The choice of samples that a model directory keeps.
#include <algorithm>
#include <doctest/doctest.h>
#include <set>

#include "base/random.hpp"
#include "data/samples.hpp"
#include "made_data.hpp"

using mml::Observation;
using mml::Samples;

namespace {

constexpr std::int64_t no_limit = std::int64_t{1} << 40U;

// `rows` distinct rows whose cell tells their number, the first tenth of them of class 1.
Samples numbered(int rows) {
    std::vector<std::vector<float>> cells;
    std::vector<std::int32_t> labels;
    for (int row = 0; row < rows; ++row) {
        cells.push_back({static_cast<float>(row + 1), 0});
        labels.push_back(row < rows / 10 ? 1 : 0);
    }
    return mml::merge_rows(mml_test::labelled(cells, labels));
}

std::vector<double> class_weights(const Samples& samples) {
    std::vector<double> sums(samples.class_names.size());
    for (const Observation& one : samples.observations) sums[static_cast<std::size_t>(one.class_index)] += one.weight;
    return sums;
}

std::vector<float> numbers(const Samples& samples) {
    std::vector<float> result;
    for (std::int64_t row = 0; row < samples.features.rows(); ++row)
        result.push_back(mml_test::cells_of(samples.features, row)[0]);
    return result;
}

}  // namespace

TEST_CASE("samples within the limits stay as they are") {
    const Samples samples = numbered(50);
    const Samples result = mml::limited(samples, 50, no_limit, 1);
    CHECK(numbers(result) == numbers(samples));
    CHECK(result.observations.size() == 50);
    CHECK(result.weight() == 50);
}

TEST_CASE("at most so many rows are kept, with each class's weight") {
    const Samples samples = numbered(1000);
    const Samples result = mml::limited(samples, 100, no_limit, 1);
    CHECK(result.features.rows() == 100);
    CHECK(result.observations.size() == 100);
    CHECK(result.column_names == samples.column_names);
    CHECK(result.class_names == samples.class_names);
    CHECK(class_weights(result)[0] == doctest::Approx(900));
    CHECK(class_weights(result)[1] == doctest::Approx(100));
    CHECK(std::ranges::is_sorted(numbers(result)));
    for (std::size_t i = 0; i < 100; ++i) {
        CHECK(result.observations[i].row == static_cast<std::int32_t>(i));
        CHECK((result.observations[i].class_index == 1) == (numbers(result)[i] <= 100));
    }
}

TEST_CASE("the choice repeats with the seed only") {
    const Samples samples = numbered(200);
    CHECK(numbers(mml::limited(samples, 20, no_limit, 1)) == numbers(mml::limited(samples, 20, no_limit, 1)));
    CHECK(numbers(mml::limited(samples, 20, no_limit, 1)) != numbers(mml::limited(samples, 20, no_limit, 2)));
}

TEST_CASE("all rows have their chance") {
    const Samples samples = numbered(40);
    std::set<float> chosen;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        for (const float number : numbers(mml::limited(samples, 10, no_limit, seed))) chosen.insert(number);
    }
    CHECK(chosen.size() == 40);
}

TEST_CASE("a heavy row is kept far more often than a light one, and then stands for itself only") {
    Samples samples = numbered(100);
    samples.observations[50].weight = 1000;
    int kept = 0;
    double others = 0;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        const Samples result = mml::limited(samples, 10, no_limit, seed);
        for (const Observation& one : result.observations) {
            const bool heavy = numbers(result)[static_cast<std::size_t>(one.row)] == 51;
            kept += heavy ? 1 : 0;
            if (!heavy && one.class_index == 0) others += one.weight / 50;
        }
    }
    CHECK(kept == 50);
    CHECK(others == doctest::Approx(89).epsilon(0.3));
}

TEST_CASE("no class is lost, however rare") {
    std::vector<std::vector<float>> cells;
    std::vector<std::int32_t> labels;
    for (int row = 0; row < 500; ++row) {
        cells.push_back({static_cast<float>(row)});
        labels.push_back(row < 3 ? row + 1 : 0);
    }
    const Samples samples = mml::merge_rows(mml_test::labelled(cells, labels, 5));
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const std::vector<double> weights = class_weights(mml::limited(samples, 10, no_limit, seed));
        CHECK(weights[0] == doctest::Approx(497));
        for (std::size_t i = 1; i <= 3; ++i) CHECK(weights[i] == doctest::Approx(1));
        CHECK(weights[4] == 0);
    }
}

TEST_CASE("rows with several observations are kept with all of them") {
    std::vector<std::vector<float>> cells;
    std::vector<std::int32_t> labels;
    for (int i = 0; i < 30; ++i) {
        for (const std::int32_t label : {0, 1}) {
            cells.push_back({static_cast<float>(i)});
            labels.push_back(label);
        }
    }
    const Samples result = mml::limited(mml::merge_rows(mml_test::labelled(cells, labels)), 7, no_limit, 3);
    CHECK(result.features.rows() == 7);
    REQUIRE(result.observations.size() == 14);
    for (std::size_t i = 0; i < 14; ++i) {
        CHECK(result.observations[i].row == static_cast<std::int32_t>(i / 2));
        CHECK(result.observations[i].class_index == static_cast<std::int32_t>(i % 2));
    }
    CHECK(class_weights(result)[1] == doctest::Approx(30));
}

TEST_CASE("at most so many bytes are kept") {
    const Samples samples = numbered(1000);
    for (const std::int64_t bytes : {2000, 10000, 30000}) {
        const Samples result = mml::limited(samples, no_limit, bytes, 1);
        CHECK(result.bytes() <= bytes);
        CHECK(result.bytes() > bytes - 200);
        CHECK(class_weights(result)[0] == doctest::Approx(900));
    }
}

TEST_CASE("limits of nothing leave nothing") {
    const Samples samples = numbered(20);
    for (const Samples& result : {mml::limited(samples, 0, no_limit, 1), mml::limited(samples, no_limit, 0, 1)}) {
        CHECK(result.features.rows() == 0);
        CHECK(result.observations.empty());
        CHECK(result.features.columns() == 2);
        CHECK(result.class_names.size() == 2);
    }
}

TEST_CASE("samples with values keep their total weight") {
    std::vector<std::vector<float>> cells;
    std::vector<double> values;
    for (int i = 0; i < 100; ++i) {
        cells.push_back({static_cast<float>(i)});
        values.push_back(i);
    }
    const Samples result = mml::limited(mml::merge_rows(mml_test::with_values(cells, values)), 30, no_limit, 1);
    CHECK(result.features.rows() == 30);
    CHECK(result.weight() == doctest::Approx(100));
    for (const Observation& one : result.observations) {
        CHECK(one.value == static_cast<double>(mml_test::cells_of(result.features, one.row)[0]));
    }
}
