// SPDX-License-Identifier: Apache-2.0
// What float32 rounds off, and the origins that samples count from.
#include <cmath>
#include <doctest/doctest.h>
#include <limits>

#include "base/random.hpp"
#include "data/remainders.hpp"

using mml::Remainders;
using mml::SparseRows;

namespace {

struct Table {
    SparseRows features;
    SparseRows remainders;
};

Table table_of(const std::vector<double>& values) {
    Remainders remainders(1);
    Table table{SparseRows(std::vector<float>{0}), SparseRows()};
    for (std::size_t row = 0; row < values.size(); ++row) {
        remainders.add(static_cast<std::int64_t>(row), 0, values[row]);
        table.features.append_dense_row(std::vector<float>{static_cast<float>(values[row])});
    }
    table.remainders = remainders.finish(table.features.rows());
    return table;
}

// Of seconds after a day of 2023; every seventh is 0, which means never, and every eleventh is missing.
std::vector<double> stamps(int count) {
    std::vector<double> values;
    for (int i = 0; i < count; ++i) {
        values.push_back(1.7e9 + i % 47);
        if (i % 7 == 0) values.back() = 0;
        if (i % 11 == 0) values.back() = std::numeric_limits<double>::quiet_NaN();
    }
    return values;
}

std::vector<float> cells_of(const SparseRows& rows) {
    std::vector<float> cells(static_cast<std::size_t>(rows.rows()));
    for (std::size_t row = 0; row < cells.size(); ++row)
        rows.expand_row(static_cast<std::int64_t>(row), std::span(cells).subspan(row, 1));
    return cells;
}

}  // namespace

TEST_CASE("time stamps count from one in their middle, to the second") {
    const std::vector<double> values = stamps(400);
    const Table table = table_of(values);
    const std::vector<double> origins = mml::origins_of(table.features, table.remainders);
    REQUIRE(origins.size() == 1);
    CHECK(std::abs(origins[0] - 1.7e9) < 47);
    CHECK(mml::merged_columns(table.features, table.remainders, {}) == std::vector<std::size_t>{0});
    CHECK(mml::merged_columns(table.features, table.remainders, origins).empty());
    const std::vector<float> cells = cells_of(mml::counted_from(table.features, table.remainders, origins));
    for (std::size_t row = 0; row < values.size(); ++row) {
        const auto expected = static_cast<float>(values[row] - origins[0]);
        CHECK((cells[row] == expected || (std::isnan(cells[row]) && std::isnan(expected))));
    }
}

TEST_CASE("a table counted from its origins becomes the table again") {
    const Table table = table_of(stamps(300));
    const std::vector<double> origins = mml::origins_of(table.features, table.remainders);
    const SparseRows counted = mml::counted_from(table.features, table.remainders, origins);
    const auto [features, remainders] = mml::counted_from_zero(counted, origins);
    const std::vector<float> before = cells_of(counted);
    const std::vector<float> after = cells_of(mml::counted_from(features, remainders, origins));
    for (std::size_t row = 0; row < before.size(); ++row)
        CHECK((before[row] == after[row] || (std::isnan(before[row]) && std::isnan(after[row]))));
}

TEST_CASE("columns that float32 holds well enough stay as they are") {
    mml::RandomStream random(3);
    std::vector<double> spread, fractions, pressures, years, small;
    for (int i = 0; i < 2000; ++i) {
        spread.push_back(random.normal() * 1e9);
        fractions.push_back(random.uniform());
        pressures.push_back(1013 + std::round(400 * random.uniform()) / 100);
        years.push_back(1.7e9 + std::floor(3e8 * random.uniform()));
        small.push_back(static_cast<double>(i % 3));
    }
    for (const auto& values : {spread, fractions, pressures, years, small}) {
        const Table table = table_of(values);
        CHECK(mml::origins_of(table.features, table.remainders).empty());
        CHECK(mml::merged_columns(table.features, table.remainders, {}).empty());
    }
    CHECK(table_of(spread).remainders.rows() == 0);
    CHECK(table_of(small).remainders.rows() == 0);
}

TEST_CASE("two clusters of time stamps are told as merged where one origin does not help") {
    std::vector<double> values;
    for (int i = 0; i < 400; ++i) values.push_back((i % 2 == 0 ? 1.3e9 : 1.301e9) + i % 47);
    const Table table = table_of(values);
    CHECK(mml::merged_columns(table.features, table.remainders, {}) == std::vector<std::size_t>{0});
    const std::vector<double> origins = mml::origins_of(table.features, table.remainders);
    CHECK(mml::merged_columns(table.features, table.remainders, origins).empty());
    for (double& value : values) value = value < 1.3005e9 ? value : value + 1e9;
    const Table far = table_of(values);
    CHECK(mml::merged_columns(far.features, far.remainders, mml::origins_of(far.features, far.remainders)) ==
          std::vector<std::size_t>{0});
}
