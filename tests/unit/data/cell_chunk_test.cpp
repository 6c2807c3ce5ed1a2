// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cmath>
#include <doctest/doctest.h>

#include "data/sparse_rows.hpp"

namespace {

// Rows of four cells in 400 columns, of so many different values.
mml::SparseRows rows_of(std::int64_t count, std::int64_t values) {
    mml::SparseRows rows(std::vector<float>(400));
    for (std::int64_t i = 0; i < 4 * count; ++i) {
        const auto value = i % 1000 == 999 ? std::nanf("") : static_cast<float>(1 + i % values);
        rows.add_stored_cell(static_cast<std::size_t>(i % 4 * 100 + i / 4 % 7), value);
        if (i % 4 == 3) rows.end_row();
    }
    return rows;
}

bool holds_rows_of(const mml::SparseRows& rows, std::int64_t values) {
    mml::RowSpace space;
    for (std::int64_t i = 0; i < 4 * rows.rows(); ++i) {
        const mml::SparseRow row = rows.row(i / 4, space);
        const auto cell = static_cast<std::size_t>(i % 4);
        const auto value = i % 1000 == 999 ? std::nanf("") : static_cast<float>(1 + i % values);
        const bool same = std::bit_cast<std::uint32_t>(row.values[cell]) == std::bit_cast<std::uint32_t>(value);
        if (row.columns[cell] != i % 4 * 100 + i / 4 % 7 || !same) return false;
    }
    return true;
}

double bytes_of_a_cell(const mml::SparseRows& rows) {
    return static_cast<double>(rows.bytes() - 8 * rows.rows()) / static_cast<double>(rows.stored());
}

}  // namespace

TEST_CASE("cells that come again and again take a fourth of what they are") {
    const mml::SparseRows rows = rows_of(100000, 90);
    CHECK(bytes_of_a_cell(rows) < 3);
    CHECK(holds_rows_of(rows, 90));
}

TEST_CASE("cells that are all different lie as they are") {
    const mml::SparseRows rows = rows_of(40000, 160001);
    CHECK(bytes_of_a_cell(rows) > 7.9);
    CHECK(bytes_of_a_cell(rows) < 8.1);
    CHECK(holds_rows_of(rows, 160001));
}

TEST_CASE("what is added to a copy leaves shared cells as they are") {
    const mml::SparseRows rows = rows_of(12000, 90);
    mml::SparseRows copy = rows;
    copy.append_rows(rows_of(12000, 90));
    CHECK(holds_rows_of(rows, 90));
    CHECK(copy.rows() == 24000);
    CHECK(copy.bytes() == 2 * rows.bytes() - 400 * 4);
}
