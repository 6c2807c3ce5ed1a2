// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstring>
#include <limits>

#include "support.hpp"

using namespace capi_test;

namespace {

constexpr float missing = std::numeric_limits<float>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

std::vector<float> cells_of(const mml_array& array) {
    const auto dataset = made<Dataset>([&](mml_dataset** out) { return mml_dataset_from_array(out, &array); });
    std::vector<float> cells(static_cast<std::size_t>(mml_dataset_rows(dataset.get()) * mml_dataset_columns(dataset.get())));
    succeed(mml_dataset_values(dataset.get(), cells.data(), cells.size()));
    return cells;
}

mml_status status_of(const mml_array& array) {
    auto* untouched = reinterpret_cast<mml_dataset*>(&cells_of);
    mml_dataset* out = untouched;
    const mml_status status = mml_dataset_from_array(&out, &array);
    if (status == MML_OK) {
        mml_dataset_free(out);
    } else {
        CHECK(out == untouched);
    }
    return status;
}

}  // namespace

TEST_CASE_TEMPLATE("every type of number is read", T, float, double, std::int32_t, std::int64_t) {
    const std::vector<T> cells = {0, 1, -2, 3, 0, 16777216};
    CHECK(cells_of(table(cells, 2, 3)) == std::vector<float>{0, 1, -2, 3, 0, 16777216});
    CHECK(cells_of(table(cells, 3, 2)) == std::vector<float>{0, 1, -2, 3, 0, 16777216});
}

TEST_CASE("strides lead through the caller's memory") {
    const std::vector<double> cells = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    mml_array array = table(cells, 3, 4);
    SUBCASE("a table in order of columns") {
        array.rows = 4;
        array.columns = 3;
        array.row_stride = 1;
        array.column_stride = 4;
        CHECK(cells_of(array) == std::vector<float>{0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11});
    }
    SUBCASE("every other row and column") {
        array.rows = 2;
        array.columns = 2;
        array.row_stride = 8;
        array.column_stride = 2;
        CHECK(cells_of(array) == std::vector<float>{0, 2, 8, 10});
    }
    SUBCASE("both ways backwards") {
        array.data = &cells.back();
        array.row_stride = -4;
        array.column_stride = -1;
        CHECK(cells_of(array) == std::vector<float>{11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0});
    }
    SUBCASE("one row and one column need no strides") {
        array.rows = 1;
        array.row_stride = 0;
        CHECK(cells_of(array) == std::vector<float>{0, 1, 2, 3});
        array.columns = 1;
        array.column_stride = 0;
        CHECK(cells_of(array) == std::vector<float>{0});
    }
}

TEST_CASE("memory need not be aligned") {
    const std::vector<double> cells = {1.5, missing, -3};
    std::vector<char> bytes(cells.size() * sizeof(double) + 1);
    std::memcpy(&bytes[1], cells.data(), cells.size() * sizeof(double));
    const auto read = cells_of({&bytes[1], 3, 1, 1, 1, MML_FLOAT64, 0});
    CHECK(read[0] == 1.5F);
    CHECK(std::isnan(read[1]));
    CHECK(read[2] == -3.0F);
}

TEST_CASE("cells come back bit by bit, in tables of more rows than are looked at first") {
    std::vector<float> cells(3000);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        cells[i] = i % 7 == 0 ? missing : i < 1500 ? static_cast<float>(i % 3) : 0.1F * static_cast<float>(i);
    }
    const std::vector<float> read = cells_of(table(cells, 1000, 3));
    REQUIRE(read.size() == cells.size());
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (std::isnan(cells[i])) {
            CHECK(std::isnan(read[i]));
        } else {
            CHECK(read[i] == cells[i]);
        }
    }
}

TEST_CASE("an infinite cell is refused by row and column") {
    std::vector<double> cells(1200, 1.0);
    for (const double bad : {infinity, -infinity, 1e39, -1e300}) {
        for (const std::size_t row : {std::size_t{0}, std::size_t{599}}) {
            cells[row * 2 + 1] = bad;
            CHECK(status_of(table(cells, 600, 2)) == MML_BAD_DATA);
            check_message("row " + std::to_string(row) + ", column 1 is ");
            cells[row * 2 + 1] = 1;
        }
    }
    cells[0] = 3.4e38;
    CHECK(status_of(table(cells, 600, 2)) == MML_OK);
}

TEST_CASE("a table without rows is one") {
    const auto dataset = dataset_of({}, 0, 3);
    CHECK(mml_dataset_rows(dataset.get()) == 0);
    CHECK(mml_dataset_columns(dataset.get()) == 3);
    CHECK(mml_dataset_values(dataset.get(), nullptr, 0) == MML_OK);
}

TEST_CASE("what is wrong with an array is told") {
    const std::vector<float> cells = {1, 2, 3, 4, 5, 6};
    mml_array array = table(cells, 2, 3);
    const auto refused = [&](const char* part) {
        CHECK(status_of(array) == MML_INVALID_ARGUMENT);
        check_message(part);
    };
    SUBCASE("NULL data") {
        array.data = nullptr;
        refused("data is NULL");
    }
    SUBCASE("types") {
        for (const mml_data_type type : {0, -1, 5, INT32_MAX}) {
            array.type = type;
            refused("type is ");
        }
    }
    SUBCASE("reserved") {
        array.reserved = 1;
        refused("reserved is 1");
    }
    SUBCASE("sides") {
        array.rows = -1;
        refused("rows is -1");
        array.rows = std::int64_t{1} << 31;
        refused("rows is 2147483648");
        array.rows = 2;
        array.columns = 0;
        refused("columns is 0");
        array.columns = INT64_MIN;
        refused("columns is -9223372036854775808");
    }
    SUBCASE("forgotten strides") {
        array.row_stride = 0;
        refused("row_stride is 0");
        array.row_stride = 3;
        array.column_stride = 0;
        refused("column_stride is 0");
    }
    SUBCASE("strides beyond memory") {
        for (const std::int64_t stride : {INT64_MAX, INT64_MIN, INT64_MAX / 4, INT64_MIN / 4}) {
            array.row_stride = stride;
            refused("strides ");
        }
    }
}

TEST_CASE("vectors may stand or lie, and must fit the rows") {
    const auto dataset = dataset_of({1, 2, 3}, 3, 1);
    const std::vector<double> values = {1, 2, 3, 4};
    mml_array lying = table(values, 1, 3);
    CHECK(mml_dataset_set_target(dataset.get(), &lying) == MML_OK);
    CHECK(target_of(dataset.get()) == std::vector<double>{1, 2, 3});
    const mml_array standing = {&values[1], 3, 1, 1, 1, MML_FLOAT64, 0};
    CHECK(mml_dataset_set_target(dataset.get(), &standing) == MML_OK);
    CHECK(target_of(dataset.get()) == std::vector<double>{2, 3, 4});
    for (const auto& [rows, columns] : {std::pair{4, 1}, {1, 4}, {2, 1}, {1, 1}, {3, 0}, {0, 3}, {2, 2}}) {
        const mml_array other = table(values, rows, columns);
        CHECK(mml_dataset_set_target(dataset.get(), &other) == MML_INVALID_ARGUMENT);
        CHECK(mml_dataset_set_weights(dataset.get(), &other) == MML_INVALID_ARGUMENT);
        check_message("so give 3 x 1 or 1 x 3");
    }
    CHECK(target_of(dataset.get()) == std::vector<double>{2, 3, 4});
}
