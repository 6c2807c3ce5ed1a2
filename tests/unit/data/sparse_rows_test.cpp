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
    CHECK(rows.row(0).columns.empty());
    CHECK(rows.row(1).columns.size() == 3);
    CHECK(rows.row(2).columns.size() == 1);
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
    CHECK(result.row(0).columns[0] == 0);
    CHECK(result.row(0).columns[1] == 2);
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
