// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <doctest/doctest.h>
#include <limits>

#include "../stops_early.hpp"
#include "base/error.hpp"
#include "preprocessing/encoder.hpp"

using namespace mml;

namespace {

constexpr float empty = std::numeric_limits<float>::quiet_NaN();

SparseRows table(const std::vector<std::vector<float>>& rows) {
    SparseRows result(std::vector<float>(rows[0].size()));
    for (const auto& row : rows) result.append_dense_row(row);
    return result;
}

Encoder fitted(const SparseRows& rows, std::size_t one_hot = 0) {
    const std::vector<double> weights(static_cast<std::size_t>(rows.rows()), 1.0);
    return Encoder::fit(rows, weights, {2, one_hot});
}

std::vector<float> encoded(const Encoder& encoder, const SparseRows& rows, std::int64_t index) {
    EncodedRows out;
    encoder.encode(rows, index, index + 1, out);
    std::vector<float> dense = encoder.constant();
    for (std::size_t i = 0; i < out.columns.size(); ++i) dense[static_cast<std::size_t>(out.columns[i])] += out.values[i];
    return dense;
}

}  // namespace

TEST_CASE("constant columns and copies are dropped") {
    const SparseRows rows = table({{1, 0, 0, 5}, {1, 1, 1, 5}, {1, 0, 0, 5}});
    CHECK(fitted(rows).outputs() == 1);
}

TEST_CASE("a two-valued column is centred and scaled by its range") {
    const SparseRows rows = table({{0}, {2}, {2}, {0}});
    const Encoder encoder = fitted(rows);
    REQUIRE(encoder.outputs() == 1);
    CHECK(encoded(encoder, rows, 0)[0] == doctest::Approx(-0.5));
    CHECK(encoded(encoder, rows, 1)[0] == doctest::Approx(0.5));
}

TEST_CASE("missing cells have an indicator less its mean, and count as 0") {
    const SparseRows rows = table({{0}, {empty}, {1}, {1}});
    const Encoder encoder = fitted(rows);
    REQUIRE(encoder.outputs() == 2);
    CHECK(encoded(encoder, rows, 1)[0] == doctest::Approx(-0.5));
    CHECK(encoded(encoder, rows, 1)[1] == doctest::Approx(0.75));
    CHECK(encoded(encoder, rows, 2)[1] == doctest::Approx(-0.25));
}

TEST_CASE("values that are met often enough have an output of their own") {
    const SparseRows rows = table({{1}, {1}, {2}, {2}, {3}});
    const Encoder encoder = fitted(rows, 128);
    REQUIRE(encoder.outputs() == 3);
    CHECK(encoded(encoder, rows, 0)[1] == doctest::Approx(0.6));
    CHECK(encoded(encoder, rows, 4)[1] == doctest::Approx(-0.4));
}

TEST_CASE("a column that is empty everywhere or of one value with gaps") {
    CHECK(fitted(table({{empty}, {empty}})).outputs() == 0);
    CHECK(fitted(table({{0}, {empty}})).outputs() == 1);
}

TEST_CASE("the same row gives the same cells whatever its table's background is") {
    const SparseRows training = table({{0, 1, 0}, {1, 0, empty}, {0.5F, 1, 0}, {0.25F, 0, 0}});
    const Encoder encoder = fitted(training, 8);
    SparseRows alone({1, 0, empty});
    alone.append_dense_row(std::vector<float>{1, 0, empty});
    EncodedRows first, second;
    encoder.encode(training, 1, 2, first);
    encoder.encode(alone, 0, 1, second);
    CHECK(first.columns == second.columns);
    CHECK(first.values == second.values);
}

TEST_CASE("chosen rows are encoded in their order, as each alone is") {
    SparseRows rows(std::vector<float>{0, 7});
    for (int i = 0; i < 60; ++i)
        rows.append_dense_row(std::vector<float>{static_cast<float>(i % 5), i % 3 == 0 ? empty : 7});
    const Encoder encoder = fitted(rows, 8);
    const std::vector<std::int32_t> chosen{59, 0, 7, 7, 30};
    EncodedRows found, expected;
    encoder.encode(rows, chosen, found);
    for (const std::int32_t row : chosen) encoder.encode(rows, row, row + 1, expected);
    CHECK(found.starts == expected.starts);
    CHECK(found.columns == expected.columns);
    CHECK(found.values == expected.values);
    CHECK(found.values.size() > 5);
}

TEST_CASE("an outlier is cut, so that no score overflows") {
    const Encoder encoder = fitted(table({{0}, {1}, {0.5F}}));
    CHECK(encoded(encoder, table({{1e30F}}), 0)[0] == 100.0F);
}

TEST_CASE("an encoder survives storing, and damaged tensors are refused") {
    const SparseRows rows = table({{0, empty}, {1, 2}, {3, 2}});
    const Encoder encoder = fitted(rows, 8);
    Tensors tensors;
    encoder.store(tensors, "e.");
    const Encoder loaded = Encoder::load(tensors, "e.", 2);
    CHECK(encoded(loaded, rows, 2) == encoded(encoder, rows, 2));
    CHECK_THROWS_AS(Encoder::load(tensors, "e.", 3), Error);
    auto columns = tensors.get<std::int32_t>("e.column", {-1});
    columns.back() = 2;
    tensors.put("e.column", columns);
    CHECK_THROWS_AS(Encoder::load(tensors, "e.", 2), Error);
}

TEST_CASE("of more than 4,096 values with an output of their own the rarest go") {
    // 1,024 rows: 30 columns of 128 values eight times each; 10 of 128 values four times each, the other half differing.
    SparseRows rows(std::vector<float>(40));
    std::vector<float> cells(40);
    for (int row = 0; row < 1024; ++row) {
        for (int column = 0; column < 40; ++column) {
            const int turned = (row * (2 * column + 1) + column) % 1024;
            const int value = column < 30 ? turned % 128 : turned < 512 ? turned % 128 : turned;
            cells[static_cast<std::size_t>(column)] = static_cast<float>(value + 1);
        }
        rows.append_dense_row(cells);
    }
    const std::vector<double> weights(1024, 1.0);
    CHECK(Encoder::fit(rows, weights, {4, 128}).outputs() == 40 + 30 * 128);
    CHECK(Encoder::fit(rows, weights, {4, 100}).outputs() == 40 + 40 * 100);
}

TEST_CASE("rows are differences from each column's heaviest value, whatever the table is stored against") {
    const std::vector<std::vector<float>> content{{5, empty}, {5, empty}, {5, 2}, {6, 1}};
    for (const float background : {0.0F, 5.0F, -1.0F}) {
        SparseRows rows(std::vector<float>(2, background));
        for (const auto& row : content) rows.append_dense_row(row);
        const Encoder encoder = fitted(rows);
        EncodedRows out;
        encoder.encode(rows, 0, 4, out);
        CHECK(out.starts == LargeVector<std::size_t>{0, 0, 0, 2, 5});
    }
}

TEST_CASE("with bins a column is bent towards its bounds and cut at its quantiles") {
    std::vector<std::vector<float>> cells;
    for (int i = 1; i <= 8; ++i) cells.push_back({static_cast<float>(i)});
    cells.push_back({1000});
    const SparseRows rows = table(cells);
    Encoder::Settings settings;
    settings.bins = 2;
    const Encoder encoder = Encoder::fit(rows, std::vector<double>(9, 1.0), settings);
    REQUIRE(encoder.outputs() == 3);
    // The quartiles are 3, 5 and 7: z = (v - 5) / 4, z / sqrt(1 + (z / 3)^2), less its mean.
    double mean = 0;
    const auto bent = [](double v) { return (v - 5) / 4 / std::sqrt(1 + (v - 5) * (v - 5) / 144); };
    for (const auto& row : cells) mean += bent(static_cast<double>(row[0])) / 9;
    CHECK(encoded(encoder, rows, 8)[0] == doctest::Approx(bent(1000) - mean));
    CHECK(encoded(encoder, rows, 0)[0] == doctest::Approx(bent(1) - mean));
    // The first bin goes from 1 to 5, the second from 5 to 1000.
    CHECK(encoded(encoder, rows, 2)[1] - encoded(encoder, rows, 0)[1] == doctest::Approx(0.5));
    CHECK(encoded(encoder, rows, 8)[1] == doctest::Approx(encoded(encoder, rows, 4)[1]));
    CHECK(encoded(encoder, rows, 8)[2] - encoded(encoder, rows, 3)[2] == doctest::Approx(1));
    Tensors tensors;
    encoder.store(tensors, "");
    const Encoder copy = Encoder::load(tensors, "", 1);
    for (std::int64_t row = 0; row < 9; ++row) CHECK(encoded(copy, rows, row) == encoded(encoder, rows, row));
    double sum = 0;
    for (std::int64_t row = 0; row < 9; ++row) sum += static_cast<double>(encoded(encoder, rows, row)[1]);
    CHECK(std::abs(sum) < 1e-5);
}

TEST_CASE("a callback stops a fit between columns") {
    const SparseRows rows = table({{1, 0}, {0, 2}});
    const std::vector<double> weights{1, 1};
    CHECK(mml_test::stops_early([&](Supervisor& supervisor) { Encoder::fit(rows, weights, {.pause = supervisor}); }));
}
