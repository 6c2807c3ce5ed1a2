// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <doctest/doctest.h>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "csv_reading.hpp"
#include "data/splits.hpp"

using namespace mml;
using mml_test::read;
using mml_test::refusal;

namespace {

const mml_test::Options by_school{{"format", "plain"}, {"group_column", "school"}};

constexpr const char* school_table =
    "school,day,posts,passed\n"
    "900000001,2024-01-01,3,0\n"
    "900000002,2024-01-03,5,1\n"
    ",2024-01-02,1,0\n"
    "900000001,2024-01-02,4,1\n";

}  // namespace

TEST_CASE("a column of groups is taken out of the features, its numbers apart though float32 would merge them") {
    const Dataset dataset = read(school_table, by_school);
    REQUIRE(dataset.groups.has_value());
    CHECK(dataset.groups->column == "school");
    CHECK(dataset.groups->names == std::vector<std::string>{"900000001", "900000002", "(missing)"});
    CHECK(dataset.groups->of_row == std::vector<std::int32_t>{0, 1, 2, 0});
    CHECK(dataset.column_names == std::vector<std::string>{"day", "day (weekday)", "day (month)", "day (hour)", "posts"});
    CHECK(dataset.categories.empty());

    const std::vector<std::int64_t> rows{3, 1};
    CHECK(selected(dataset, rows).groups->of_row == std::vector<std::int32_t>{0, 1});
}

TEST_CASE("a column of times is taken out with all that it became") {
    const Dataset dataset = read(school_table, {{"format", "plain"}, {"time_column", "day"}, {"group_column", "school"}});
    CHECK(dataset.column_names == std::vector<std::string>{"posts"});
    REQUIRE(dataset.times.size() == 4);
    CHECK(dataset.times[1] - dataset.times[0] == 2);
    CHECK(dataset.times[3] == dataset.times[2]);
}

TEST_CASE("Moodle's files have columns of groups too") {
    const Dataset dataset =
        read("nfeatures,targetclasses,targettype\n2,\"[0,1]\",discrete\ncourse,posts,target\n1,2,0\n3,4,1\n",
             {{"group_column", "course"}});
    CHECK(dataset.groups->names == std::vector<std::string>{"1", "3"});
    CHECK(dataset.columns() == 1);
}

TEST_CASE("a column of groups that is absent, the target, or all there is, is refused by name") {
    CHECK(refusal(school_table, {{"format", "plain"}, {"group_column", "college"}}).find("\"college\"") !=
          std::string::npos);
    CHECK(refusal(school_table, {{"format", "plain"}, {"group_column", "passed"}}).find("the target") != std::string::npos);
    CHECK(refusal(school_table, {{"format", "plain"}, {"time_column", "passed"}}).find("the target") != std::string::npos);
    CHECK(refusal(school_table, {{"format", "plain"}, {"group_column", "posts"}, {"ignore", "posts"}}).find("left out") !=
          std::string::npos);
    CHECK(refusal("school,passed\n1,0\n2,1\n", by_school).find("no column of features") != std::string::npos);
    CHECK(refusal("school,kind,passed\n1,a,0\n2,b,1\n", {{"format", "plain"}, {"time_column", "kind"}}).find("texts") !=
          std::string::npos);
}

TEST_CASE("no group is on both sides of a fold, and the folds are of like sizes") {
    Dataset dataset;
    dataset.features = SparseRows(std::vector<float>{0});
    Target target{Task::classification, {"no", "yes"}, {}, {}};
    std::vector<std::int32_t> groups;
    RandomStream stream(3);
    for (int row = 0; row < 900; ++row) {
        dataset.features.append_dense_row(std::vector<float>{static_cast<float>(row)});
        groups.push_back(static_cast<std::int32_t>(stream.below(30)));
        target.class_indices.push_back(stream.uniform() < 0.3 ? 1 : 0);
    }
    dataset.target = target;
    const std::vector<std::int32_t> folds = deal_groups_into_folds(dataset, groups, 5, 1);
    std::vector<std::set<std::int32_t>> folds_of_group(30);
    std::vector<int> sizes(5);
    for (std::size_t row = 0; row < groups.size(); ++row) {
        folds_of_group[static_cast<std::size_t>(groups[row])].insert(folds[row]);
        ++sizes[static_cast<std::size_t>(folds[row])];
    }
    for (const auto& of_group : folds_of_group) CHECK(of_group.size() == 1);
    CHECK(*std::ranges::min_element(sizes) > 150);
    CHECK(*std::ranges::max_element(sizes) < 210);
}

TEST_CASE("splits by time train on what is earlier, and keep rows of one time together") {
    RandomStream stream(8);
    std::vector<double> times;
    for (int row = 0; row < 300; ++row) times.push_back(static_cast<double>(stream.below(40)));
    const std::vector<Split> splits = splits_by_time(times, 4);
    REQUIRE(splits.size() == 4);
    std::size_t tested = 0;
    for (const Split& split : splits) {
        const auto time_of = [&](std::int64_t row) { return times[static_cast<std::size_t>(row)]; };
        const auto last = std::ranges::max_element(split.train, {}, time_of);
        const auto next = std::ranges::min_element(split.test, {}, time_of);
        REQUIRE(last != split.train.end());
        REQUIRE(next != split.test.end());
        CHECK(time_of(*last) < time_of(*next));
        CHECK(std::ranges::is_sorted(split.train));
        tested += split.test.size();
    }
    CHECK(tested + splits.front().train.size() == 300);
    const std::vector<double> two{1, 1, 1, 2};
    CHECK(splits_by_time(two, 1).front().test == std::vector<std::int64_t>{3});
}
