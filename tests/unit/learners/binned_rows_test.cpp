// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <limits>

#include "../stops_early.hpp"
#include "learners/trees/binned_rows.hpp"
#include "learners/trees/tree_sample.hpp"

using namespace mml;

namespace {

constexpr float empty = std::numeric_limits<float>::quiet_NaN();

SparseRows table(const std::vector<float>& background, const std::vector<std::vector<float>>& rows) {
    SparseRows result(background);
    for (const auto& row : rows) result.append_dense_row(row);
    return result;
}

BinnedRows binned(const SparseRows& rows) { return {rows, std::vector<double>(static_cast<std::size_t>(rows.rows()), 1.0)}; }

std::vector<std::int32_t> list(const BinLists& lists, std::size_t index) {
    return std::visit(
        [&](const auto& all) {
            const auto found = all[index];
            return std::vector<std::int32_t>(found.begin(), found.end());
        },
        lists);
}

std::vector<std::int32_t> cells(const BinnedRows& rows, std::size_t index) { return list(rows.lists(), index); }

std::size_t listed_bins(const BinLists& lists) {
    return std::visit([](const auto& all) { return all.bins.size(); }, lists);
}

}  // namespace

TEST_CASE("few values have a bin each, with edges halfway") {
    const BinnedRows rows = binned(table({0}, {{0}, {1}, {0}, {4}}));
    REQUIRE(rows.columns().size() == 1);
    CHECK(rows.columns()[0].edges == std::vector<float>{0.5F, 2.5F});
    CHECK(rows.columns()[0].bin_of(0.5F) == 0);
    CHECK(rows.columns()[0].bin_of(2) == 1);
    CHECK(rows.columns()[0].bin_of(empty) == 0);
    CHECK(cells(rows, 0).empty());
    CHECK(cells(rows, 2).empty());
    CHECK(cells(rows, 3) == std::vector<std::int32_t>{2});
}

TEST_CASE("empty cells have a bin of their own, whether cells or the background are empty") {
    for (const float background : {0.0F, 9.0F, empty}) {
        const BinnedRows rows = binned(table({background}, {{0}, {1}, {empty}, {empty}, {4}}));
        REQUIRE(rows.columns().size() == 1);
        const BinnedColumn& column = rows.columns()[0];
        CHECK(column.edges == std::vector<float>{0.5F, 2.5F});
        CHECK(column.bins() == 4);
        CHECK(column.dominant == 0);
        CHECK(column.bin_of(empty) == 0);
        CHECK(column.bin_of(0) == 1);
        CHECK(column.bin_of(3) == 3);
        CHECK(cells(rows, 0) == std::vector<std::int32_t>{1});
        CHECK(cells(rows, 2).empty());
    }
    CHECK(binned(table({empty}, {{7}, {empty}})).bins() == 2);
    CHECK(binned(table({empty}, {{empty}, {empty}})).columns().empty());
}

TEST_CASE("constant columns and copies are left out") {
    const BinnedRows rows = binned(table({0, 0, 0, 7, empty}, {{1, 1, 2, 7, empty}, {0, 0, 0, 7, empty}}));
    REQUIRE(rows.columns().size() == 1);
    CHECK(rows.columns()[0].column == 0);
    CHECK(rows.bins() == 2);
}

TEST_CASE("rows name the bins that are not dominant, whatever the background is") {
    const std::vector<std::vector<float>> content{{1, 5}, {1, 6}, {0, 5}, {1, 5}};
    for (const auto& background : {std::vector<float>{1, 5}, {0, 6}, {0, 0}}) {
        const BinnedRows rows = binned(table(background, content));
        REQUIRE(rows.columns().size() == 2);
        CHECK(cells(rows, 0).empty());
        CHECK(cells(rows, 1) == std::vector<std::int32_t>{3});
        CHECK(cells(rows, 2) == std::vector<std::int32_t>{0});
    }
}

TEST_CASE("many values share bins of about as many samples, and a frequent one has its own") {
    std::vector<std::vector<float>> content;
    for (int i = 0; i < 1000; ++i) content.push_back({static_cast<float>(i)});
    for (int i = 0; i < 1000; ++i) content.push_back({500});
    const BinnedRows rows = binned(table({0}, content));
    REQUIRE(rows.columns().size() == 1);
    const BinnedColumn& column = rows.columns()[0];
    CHECK(column.bins() <= most_bins);
    CHECK(column.bins() >= most_bins - 4);
    CHECK(column.bin_of(499) < column.bin_of(500));
    CHECK(column.bin_of(500) < column.bin_of(501));
    CHECK(column.dominant == column.bin_of(500));
    std::vector<int> held(static_cast<std::size_t>(most_bins));
    for (int i = 0; i < 1000; ++i) ++held[static_cast<std::size_t>(column.bin_of(static_cast<float>(i)))];
    for (const int count : held) CHECK(count <= 40);
}

TEST_CASE("the largest numbers have finite edges") {
    constexpr float largest = std::numeric_limits<float>::max();
    const BinnedRows rows = binned(table({0}, {{-largest}, {largest}}));
    REQUIRE(rows.columns().size() == 1);
    CHECK(rows.columns()[0].edges == std::vector<float>{0});
}

TEST_CASE("rows that agree in a sample's columns are one pattern, and bins list their patterns") {
    const BinnedRows rows = binned(table({0, 0}, {{0, 0}, {1, 0}, {1, 2}, {1, 0}, {0, 0}}));
    for (const bool merge : {true, false}) {
        const TreeSample sample = draw_sample(rows, 1, RandomStream(1), merge);
        REQUIRE(sample.columns.size() == 2);
        CHECK(sample.patterns() == (merge ? 3 : 5));
        for (std::size_t row = 0; row < 5; ++row) {
            CHECK(list(sample.lists, sample.pattern_of(row)) == cells(rows, row));
        }
        CHECK(sample.patterns_of(0, sample.bins).size() == listed_bins(sample.lists));
        for (const std::int32_t pattern : sample.patterns_of(3, 4))
            CHECK(list(sample.lists, static_cast<std::size_t>(pattern)).back() == 3);
    }
}

TEST_CASE("a sample has its share of the columns, all of them where they are few") {
    SparseRows wide(std::vector<float>(100));
    for (int row = 0; row < 100; ++row) {
        std::vector<float> content(100);
        content[static_cast<std::size_t>(row)] = 1;
        wide.append_dense_row(content);
    }
    const BinnedRows rows = binned(wide);
    const TreeSample first = draw_sample(rows, 0.3, RandomStream(1, purpose::trees, 0), true);
    const TreeSample second = draw_sample(rows, 0.3, RandomStream(1, purpose::trees, 1), true);
    CHECK(first.columns.size() == 30);
    CHECK(first.patterns() == 31);
    CHECK(listed_bins(first.lists) == 30);
    CHECK(first.pattern_of_row != second.pattern_of_row);
    CHECK(draw_sample(rows, 0.001, RandomStream(1), true).columns.size() == 12);
}

TEST_CASE("more bins than 16 bits can number") {
    constexpr std::size_t columns = 40000;
    SparseRows wide(std::vector<float>(columns, 0.0F));
    for (std::int32_t row = 0; row < 16; ++row) {
        for (std::size_t column = 0; column < columns; ++column) wide.add_cell(column, (column >> row) & 1 ? 1.0F : 0.0F);
        wide.end_row();
    }
    const BinnedRows rows = binned(wide);
    CHECK(rows.bins() == 2 * (columns - 1));
    const TreeSample sample = draw_sample(rows, 1, RandomStream(1), false);
    for (std::int32_t row = 0; row < 16; ++row) {
        std::vector<std::int32_t> expected;
        for (const BinnedColumn& column : rows.columns()) {
            const std::int32_t bin = (column.column >> row) & 1;
            if (bin != column.dominant) expected.push_back(column.first + bin);
        }
        CHECK(cells(rows, static_cast<std::size_t>(row)) == expected);
        CHECK(list(sample.lists, static_cast<std::size_t>(row)) == expected);
    }
}

TEST_CASE("a callback stops the binning of columns and of rows") {
    const SparseRows rows = table({0, 0}, {{1, 0}, {0, 2}});
    const std::vector<double> counts{1, 1};
    CHECK(mml_test::stops_early([&](Supervisor& supervisor) { BinnedRows(rows, counts, {}, {}, supervisor); }));
    const SparseRows no_columns = table({}, {{}, {}});
    CHECK(mml_test::stops_early([&](Supervisor& supervisor) { BinnedRows(no_columns, counts, {}, {}, supervisor); }));
}
