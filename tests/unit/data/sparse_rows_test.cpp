// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "data/sparse_rows.hpp"
#include "made_data.hpp"

using mml::SparseRows;
using mml_test::cells_of;
using mml_test::has_cells;
using mml_test::missing;
using mml_test::sparse;

TEST_CASE("only cells that differ from the background are stored") {
    SparseRows rows({0, missing, 1});
    rows.append_dense_row(std::vector<float>{0, missing, 1});
    rows.append_dense_row(std::vector<float>{2, 3, 4});
    rows.append_dense_row(std::vector<float>{-0.0F, missing, missing});
    CHECK(rows.rows() == 3);
    CHECK(rows.columns() == 3);
    CHECK(rows.stored() == 4);
    CHECK(rows.cells_of_row(0) == 0);
    CHECK(rows.cells_of_row(1) == 3);
    CHECK(rows.cells_of_row(2) == 1);
    CHECK(has_cells(rows, 0, {0, missing, 1}));
    CHECK(has_cells(rows, 1, {2, 3, 4}));
    CHECK(has_cells(rows, 2, {0, missing, missing}));
}

TEST_CASE("zeros are stored without a sign") {
    SparseRows rows({1});
    rows.append_dense_row(std::vector<float>{-0.0F});
    CHECK_FALSE(std::signbit(rows.stored_values()[0]));
}

TEST_CASE("the mode of a column is its most frequent value, of equally frequent ones the first") {
    const std::vector<float> cells{1, missing, 5, -0.0F,  //
                                   2, missing, 6, 0,      //
                                   2, 7,       6, 3,      //
                                   1, missing, 5, 3};
    const std::vector<float> modes = mml::column_modes(cells, 4);
    REQUIRE(modes.size() == 4);
    CHECK(modes[0] == 1);
    CHECK(std::isnan(modes[1]));
    CHECK(modes[2] == 5);
    CHECK(modes[3] == 0);
    CHECK_FALSE(std::signbit(modes[3]));
    CHECK(mml::column_modes({}, 0).empty());
}

TEST_CASE("columns can be rearranged, left out and added") {
    SparseRows rows({0, 1, missing});
    rows.append_dense_row(std::vector<float>{5, 1, 7});
    rows.append_dense_row(std::vector<float>{0, 6, missing});
    const SparseRows result = mml::rearranged(rows, std::vector<std::int32_t>{2, -1, 0});
    CHECK(result.columns() == 3);
    CHECK(has_cells(result, 0, {7, missing, 5}));
    CHECK(has_cells(result, 1, {missing, missing, 0}));
    CHECK(result.stored() == 2);
    mml::RowSpace space;
    CHECK(result.row(0, space).columns[0] == 0);
    CHECK(result.row(0, space).columns[1] == 2);
}

TEST_CASE("rows can be selected, in any order and again") {
    const SparseRows rows = sparse(1, {{1}, {0}, {3}});
    const SparseRows result = mml::selected(rows, std::vector<std::int64_t>{2, 0, 2});
    CHECK(result.rows() == 3);
    CHECK(cells_of(result, 0) == std::vector<float>{3});
    CHECK(cells_of(result, 1) == std::vector<float>{1});
    CHECK(cells_of(result, 2) == std::vector<float>{3});
    CHECK(mml::selected(rows, std::vector<std::int64_t>{}).rows() == 0);
}

TEST_CASE("copies share cells, and neither sees what is added to the other") {
    SparseRows rows = sparse(2, {{1, 2}, {3, 4}});
    SparseRows copy = rows;
    rows.append_dense_row(std::vector<float>{5, 6});
    copy.append_dense_row(std::vector<float>{7, 0});
    mml::RowSpace space;
    CHECK(rows.row(0, space).values.data() == copy.row(0, space).values.data());
    CHECK(cells_of(rows, 2) == std::vector<float>{5, 6});
    CHECK(cells_of(copy, 2) == std::vector<float>{7, 0});
    CHECK(copy.stored() == rows.stored() - 1);
}

TEST_CASE("rows of another table follow") {
    SparseRows rows = sparse(2, {{1, 2}, {0, 0}});
    rows.append_rows(sparse(2, {{0, 3}, {0, 0}}));
    rows.append_dense_row(std::vector<float>{4, 0});
    CHECK(rows.rows() == 5);
    CHECK(cells_of(rows, 0) == std::vector<float>{1, 2});
    CHECK(cells_of(rows, 1) == std::vector<float>{0, 0});
    CHECK(cells_of(rows, 2) == std::vector<float>{0, 3});
    CHECK(cells_of(rows, 3) == std::vector<float>{0, 0});
    CHECK(cells_of(rows, 4) == std::vector<float>{4, 0});
    CHECK(rows.starts() == std::vector<std::int64_t>{0, 2, 2, 3, 3, 4});
    CHECK(rows.stored_columns() == std::vector<std::int32_t>{0, 1, 1, 0});
    CHECK(rows.stored_values() == std::vector<float>{1, 2, 3, 4});
}

TEST_CASE("many rows, and rows longer than any chunk") {
    constexpr std::int64_t columns = 70000;
    SparseRows rows(std::vector<float>(static_cast<std::size_t>(columns)));
    const auto value = [](std::int64_t row, std::int64_t column) {
        return static_cast<float>(1 + (row * 31 + column) % 97);
    };
    const auto cells = [&](std::int64_t row) { return row % 1000 == 7 ? columns : 5 + row % 90; };
    for (std::int64_t row = 0; row < 5000; ++row) {
        for (std::int64_t column = 0; column < cells(row); ++column)
            rows.add_stored_cell(static_cast<std::size_t>(column), value(row, column));
        rows.end_row();
    }
    bool all_equal = true;
    std::int64_t stored = 0;
    mml::RowSpace space;
    for (std::int64_t row = 0; row < rows.rows(); ++row) {
        const mml::SparseRow got = rows.row(row, space);
        all_equal = all_equal && static_cast<std::int64_t>(got.values.size()) == cells(row);
        for (std::size_t i = 0; i < got.values.size(); ++i) {
            const auto column = static_cast<std::int64_t>(i);
            all_equal = all_equal && got.columns[i] == column && got.values[i] == value(row, column);
        }
        stored += cells(row);
    }
    CHECK(all_equal);
    CHECK(rows.stored() == stored);
}
