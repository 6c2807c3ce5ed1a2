// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <doctest/doctest.h>
#include <map>
#include <set>

#include "data/splits.hpp"
#include "made_data.hpp"

using mml::Dataset;
using mml::FoldedObservation;
using mml::Samples;
using mml::Split;

namespace {

// Rows of one column; the given numbers of rows of each class, one class after the other.
Dataset with_classes(const std::vector<int>& counts) {
    std::vector<std::int32_t> labels;
    for (std::size_t i = 0; i < counts.size(); ++i)
        labels.insert(labels.end(), static_cast<std::size_t>(counts[i]), static_cast<std::int32_t>(i));
    return mml_test::labelled(std::vector<std::vector<float>>(labels.size(), {0}), labels, static_cast<int>(counts.size()));
}

std::vector<int> class_counts(const Dataset& dataset, const std::vector<std::int64_t>& rows) {
    std::vector<int> counts(dataset.target->class_names.size());
    for (const std::int64_t row : rows)
        ++counts[static_cast<std::size_t>(dataset.target->class_indices[static_cast<std::size_t>(row)])];
    return counts;
}

// Each row once, each part rising.
bool covers(const Split& split, std::int64_t rows) {
    std::vector<std::int64_t> all = split.train;
    all.insert(all.end(), split.test.begin(), split.test.end());
    std::ranges::sort(all);
    for (std::int64_t i = 0; i < rows; ++i) {
        if (static_cast<std::int64_t>(all.size()) != rows || all[static_cast<std::size_t>(i)] != i) return false;
    }
    return std::ranges::is_sorted(split.train) && std::ranges::is_sorted(split.test);
}

std::vector<int> sizes(const std::vector<std::int32_t>& folds, int count) {
    std::vector<int> result(static_cast<std::size_t>(count));
    for (const std::int32_t fold : folds) ++result[static_cast<std::size_t>(fold)];
    return result;
}

std::vector<int> sorted(std::vector<int> values) {
    std::ranges::sort(values);
    return values;
}

Samples samples_of(mml::Observations observations, int classes) {
    Samples samples;
    samples.features = mml_test::sparse(1, std::vector<std::vector<float>>(10, {0}));
    for (int i = 0; i < classes; ++i) samples.class_names.push_back(std::to_string(i));
    samples.task = classes > 0 ? mml::Task::classification : mml::Task::regression;
    samples.observations = std::move(observations);
    return samples;
}

}  // namespace

TEST_CASE("a stratified split holds out the same share of each class") {
    const Dataset dataset = with_classes({100, 50, 10});
    const Split split = mml::random_split(dataset, 0.2, true, 1, 0);
    CHECK(covers(split, 160));
    CHECK(class_counts(dataset, split.test) == std::vector<int>{20, 10, 2});
}

TEST_CASE("a split differs with seed and iteration, and repeats with both") {
    const Dataset dataset = with_classes({50, 50});
    const Split split = mml::random_split(dataset, 0.2, true, 1, 0);
    CHECK(mml::random_split(dataset, 0.2, true, 1, 0).test == split.test);
    CHECK(mml::random_split(dataset, 0.2, true, 1, 1).test != split.test);
    CHECK(mml::random_split(dataset, 0.2, true, 2, 0).test != split.test);
}

TEST_CASE("classes of two rows are on both sides, of one row in training") {
    const Dataset dataset = with_classes({30, 2, 1, 0, 2});
    for (const double share : {0.01, 0.2, 0.99}) {
        for (std::uint64_t iteration = 0; iteration < 20; ++iteration) {
            const Split split = mml::random_split(dataset, share, true, 1, iteration);
            CHECK(covers(split, 35));
            const std::vector<int> test = class_counts(dataset, split.test);
            CHECK(test[0] >= 1);
            CHECK(test[0] <= 29);
            CHECK(test[1] == 1);
            CHECK(test[2] == 0);
            CHECK(test[4] == 1);
        }
    }
}

TEST_CASE("an unstratified split holds out a share of all rows") {
    const Dataset dataset = with_classes({50, 50});
    std::set<int> first_class_counts;
    for (std::uint64_t iteration = 0; iteration < 20; ++iteration) {
        const Split split = mml::random_split(dataset, 0.2, false, 1, iteration);
        CHECK(covers(split, 100));
        CHECK(split.test.size() == 20);
        first_class_counts.insert(class_counts(dataset, split.test)[0]);
    }
    CHECK(first_class_counts.size() > 1);
}

TEST_CASE("a split of few rows, or of a target without classes") {
    CHECK(covers(mml::random_split(with_classes({0, 0}), 0.2, true, 1, 0), 0));
    const Split one = mml::random_split(with_classes({1}), 0.5, false, 1, 0);
    CHECK(one.train == std::vector<std::int64_t>{0});
    const Split two = mml::random_split(mml_test::with_values({{1}, {2}}, {0, 1}), 0.01, true, 1, 0);
    CHECK(two.train.size() == 1);
    CHECK(two.test.size() == 1);
    CHECK(mml::random_split(with_classes({3}), 0.01, true, 1, 0).test.size() == 1);
    CHECK(mml::random_split(with_classes({3}), 0.99, true, 1, 0).test.size() == 2);
}

TEST_CASE("folds have equal shares of rows and classes") {
    const Dataset dataset = with_classes({11, 6, 3, 1});
    const std::vector<std::int32_t> folds = mml::deal_into_folds(dataset, 4, 1);
    REQUIRE(folds.size() == 21);
    CHECK(std::ranges::max(sizes(folds, 4)) - std::ranges::min(sizes(folds, 4)) <= 1);
    for (std::int32_t fold = 0; fold < 4; ++fold) {
        const Split split = mml::fold_split(folds, fold);
        CHECK(covers(split, 21));
        const std::vector<int> counts = class_counts(dataset, split.test);
        CHECK((counts[0] == 2 || counts[0] == 3));
        CHECK((counts[1] == 1 || counts[1] == 2));
        CHECK((counts[2] == 0 || counts[2] == 1));
    }
    CHECK(mml::deal_into_folds(dataset, 4, 1) == folds);
    CHECK(mml::deal_into_folds(dataset, 4, 2) != folds);
}

TEST_CASE("more folds than rows leave folds empty") {
    CHECK(sizes(mml::deal_into_folds(with_classes({1, 1}), 5, 1), 5) == std::vector<int>{1, 1, 0, 0, 0});
    CHECK(sizes(mml::deal_into_folds(mml_test::with_values({{1}, {2}, {3}}, {0, 0, 0}), 2, 1), 2) == std::vector<int>{2, 1});
}

TEST_CASE("the samples behind each observation are dealt one by one") {
    const Samples samples =
        samples_of({{0, 0, 7, -1, 0, 14}, {0, 1, 1, -1, 0, 0.5}, {3, 0, 1, -1, 0, 3}, {4, 1, 9, -1, 0, 9}}, 2);
    const mml::FoldedObservations dealt = mml::deal_into_folds(samples, 3, 1);
    std::map<std::int32_t, std::map<std::int32_t, int>> class_by_fold;
    std::map<std::pair<std::int32_t, std::int32_t>, double> weights;
    std::map<std::pair<std::int32_t, std::int32_t>, int> counts;
    for (const FoldedObservation& part : dealt) {
        CHECK(part.count > 0);
        CHECK(part.fold >= 0);
        CHECK(part.fold < 3);
        class_by_fold[part.class_index][part.fold] += part.count;
        weights[{part.row, part.class_index}] += part.weight;
        counts[{part.row, part.class_index}] += part.count;
        if (part.row == 0 && part.class_index == 0) CHECK(part.weight == 2.0 * part.count);
    }
    CHECK(counts == decltype(counts){{{0, 0}, 7}, {{0, 1}, 1}, {{3, 0}, 1}, {{4, 1}, 9}});
    CHECK(weights[{0, 0}] == doctest::Approx(14));
    CHECK(weights[{0, 1}] == 0.5);
    CHECK(weights[{4, 1}] == doctest::Approx(9));
    // Eight samples of class 0 and ten of class 1 in three folds.
    for (std::int32_t fold = 0; fold < 3; ++fold) {
        CHECK((class_by_fold[0][fold] == 2 || class_by_fold[0][fold] == 3));
        CHECK((class_by_fold[1][fold] == 3 || class_by_fold[1][fold] == 4));
        CHECK(class_by_fold[0][fold] + class_by_fold[1][fold] == 6);
    }
    const auto order = [](const FoldedObservation& part) { return std::tuple(part.row, part.class_index, part.fold); };
    CHECK(std::ranges::is_sorted(dealt, {}, order));
}

TEST_CASE("half of the rows go to one fold as a whole, and folds keep their shares of the classes") {
    mml::Observations observations;
    for (std::int32_t row = 0; row < 200; ++row) observations.push_back({row, row % 4 == 0 ? 1 : 0, 8, -1, 0, 8});
    std::map<std::int32_t, int> largest_part;
    std::map<std::pair<std::int32_t, std::int32_t>, int> of_class;
    for (const FoldedObservation& part : mml::deal_into_folds(samples_of(observations, 2), 4, 1)) {
        largest_part[part.row] = std::max(largest_part[part.row], part.count);
        of_class[{part.class_index, part.fold}] += part.count;
    }
    const auto whole = std::ranges::count_if(largest_part, [](const auto& entry) { return entry.second == 8; });
    CHECK(whole > 80);
    CHECK(whole < 120);
    for (std::int32_t fold = 0; fold < 4; ++fold) {
        CHECK(std::abs(of_class[{0, fold}] - 300) <= 9);
        CHECK(std::abs(of_class[{1, fold}] - 100) <= 9);
    }
}

TEST_CASE("a row that is a large part of its class, or of a small class, is dealt one by one") {
    const Samples samples =
        samples_of({{0, 0, 60, -1, 0, 60}, {1, 0, 60, -1, 0, 60}, {2, 1, 15, -1, 0, 15}, {3, 1, 1, -1, 0, 1}}, 2);
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        for (const FoldedObservation& part : mml::deal_into_folds(samples, 4, seed)) {
            CHECK(part.count <= (part.class_index == 0 ? 21 : 5));
        }
    }
}

TEST_CASE("only a row of at most half a fold's share goes there as a whole, and only of a class of eight samples a fold") {
    // Whether the first row is ever dealt as a whole: `count` samples of a class of `total` in four folds.
    const auto is_ever_whole = [](std::int32_t count, std::int32_t total) {
        mml::Observations observations{{0, 0, count, -1, 0, 1}};
        for (std::int32_t row = 1; row <= total - count; ++row) observations.push_back({row, 0, 1, -1, 0, 1});
        bool whole = false;
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            const auto dealt = mml::deal_into_folds(samples_of(observations, 1), 4, seed);
            whole = whole || dealt.front().count == count;
        }
        return whole;
    };
    CHECK(is_ever_whole(10, 80));
    CHECK_FALSE(is_ever_whole(11, 80));
    CHECK(is_ever_whole(4, 32));
    CHECK_FALSE(is_ever_whole(3, 31));
}

TEST_CASE("a row that goes to one fold takes all that was observed on it along") {
    mml::Observations observations;
    for (std::int32_t row = 0; row < 100; ++row) {
        observations.push_back({row, 0, 3, -1, 0, 3});
        observations.push_back({row, 1, 3, -1, 0, 3});
    }
    std::map<std::int32_t, std::set<std::int32_t>> folds_of_row;
    for (const FoldedObservation& part : mml::deal_into_folds(samples_of(observations, 2), 4, 1))
        folds_of_row[part.row].insert(part.fold);
    const auto together = std::ranges::count_if(folds_of_row, [](const auto& entry) { return entry.second.size() == 1; });
    CHECK(together > 35);
    CHECK(together < 65);
}

TEST_CASE("observed values are dealt over all") {
    const Samples samples = samples_of({{0, 0, 2, -1, 0.25, 2}, {0, 0, 1, -1, 0.5, 1}, {1, 0, 3, -1, -1, 6}}, 0);
    const mml::FoldedObservations dealt = mml::deal_into_folds(samples, 2, 3);
    std::map<std::int32_t, int> by_fold;
    std::map<double, int> by_value;
    for (const FoldedObservation& part : dealt) {
        by_fold[part.fold] += part.count;
        by_value[part.value] += part.count;
    }
    CHECK(by_fold == std::map<std::int32_t, int>{{0, 3}, {1, 3}});
    CHECK(by_value == std::map<double, int>{{-1, 3}, {0.25, 2}, {0.5, 1}});
    CHECK(dealt.front().value == 0.25);
    CHECK(dealt.back().value == -1);
}

TEST_CASE("dealing repeats with the seed only") {
    const Samples samples = samples_of({{0, 0, 20, -1, 0, 20}, {1, 0, 20, -1, 0, 20}, {2, 1, 20, -1, 0, 20}}, 2);
    const auto folds_of = [&](std::uint64_t seed) {
        std::vector<std::int32_t> result;
        for (const FoldedObservation& part : mml::deal_into_folds(samples, 4, seed)) result.push_back(part.count);
        return result;
    };
    CHECK(folds_of(1) == folds_of(1));
    CHECK(folds_of(1) != folds_of(2));
    CHECK(mml::deal_into_folds(samples_of({}, 2), 4, 1).empty());
}

TEST_CASE("equal rows fall into one fold, the largest groups first, and classes stay even") {
    // 40 rows that are alike, 60 of class 0 and 30 of class 1 that are not.
    std::vector<std::vector<float>> cells(40, {0});
    for (int row = 1; row <= 90; ++row) cells.push_back({static_cast<float>(row)});
    std::vector<std::int32_t> labels(130);
    std::fill(labels.begin() + 100, labels.end(), 1);
    const Dataset dataset = mml_test::labelled(cells, labels, 2);
    const auto folds = mml::deal_equal_rows_into_folds(dataset, 3, 1);
    CHECK(std::set<std::int32_t>(folds.begin(), folds.begin() + 40).size() == 1);
    CHECK(sorted(sizes({folds.begin(), folds.begin() + 100}, 3)) == std::vector<int>{30, 30, 40});
    CHECK(sorted(sizes({folds.begin() + 100, folds.end()}, 3)) == std::vector<int>{10, 10, 10});
    CHECK(mml::deal_equal_rows_into_folds(dataset, 3, 1) == folds);
    CHECK(mml::deal_equal_rows_into_folds(dataset, 3, 2) != folds);
}

TEST_CASE("equal rows stay in one fold where there are no classes too") {
    Dataset dataset = mml_test::with_values({{1}, {2}, {1}, {3}}, {1, 2, 3, 4});
    const auto folds = mml::deal_equal_rows_into_folds(dataset, 2, 1);
    CHECK(folds[0] == folds[2]);
    CHECK(sizes(folds, 2) == std::vector<int>{2, 2});
    dataset.target.reset();
    CHECK(mml::deal_equal_rows_into_folds(dataset, 2, 1) == folds);
}

TEST_CASE("training's folds keep groups whole where the samples have groups") {
    // 30 groups of 10 samples, two rows each.
    mml::Observations observations;
    for (std::int32_t row = 0; row < 60; ++row) observations.push_back({row, row % 3 == 0 ? 1 : 0, 5, row / 2, 0, 5});
    Samples samples = samples_of(observations, 2);
    std::map<std::int32_t, std::set<std::int32_t>> folds_of_group;
    std::vector<std::int32_t> counts(3);
    for (const FoldedObservation& part : mml::deal_into_folds(samples, 3, 1)) {
        CHECK(part.count == 5);
        CHECK(part.weight == 5);
        folds_of_group[part.row / 2].insert(part.fold);
        counts[static_cast<std::size_t>(part.fold)] += part.count;
    }
    CHECK(folds_of_group.size() == 30);
    for (const auto& [group, folds] : folds_of_group) CHECK(folds.size() == 1);
    CHECK(counts == std::vector<std::int32_t>{100, 100, 100});
}

TEST_CASE("a class that one group has alone is in no fold that is held out") {
    mml::Observations observations;
    for (std::int32_t row = 0; row < 9; ++row) observations.push_back({row, row % 2, 4, row, 0, 4});
    observations.push_back({9, 2, 4, 0, 0, 4});
    for (const FoldedObservation& part : mml::deal_into_folds(samples_of(observations, 3), 3, 1))
        CHECK((part.fold == 3) == (part.class_index == 2));
}
