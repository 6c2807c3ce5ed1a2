// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <doctest/doctest.h>
#include <functional>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "../stops_early.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "evaluation/group_rating.hpp"
#include "evaluation/render/render.hpp"
#include "evaluation/report.hpp"
#include "examples.hpp"

using doctest::Approx;
using namespace mml;
using testing::contains;

namespace {

constexpr std::size_t row_count = 600;

// The feature tells the class of "a", nothing of the class of "b"; "c" has few rows.
Dataset uneven_data() {
    Dataset dataset;
    dataset.source = "the data set";
    dataset.features = SparseRows(std::vector<float>{0});
    dataset.column_names = {"feature"};
    dataset.named = true;
    Target target{Task::classification, {"no", "yes"}, {}, {}};
    SampleGroups groups{"school", {"a", "<b>", "c"}, {}};
    RandomStream stream(4);
    for (std::size_t row = 0; row < row_count; ++row) {
        const std::int32_t group = row < 4 ? 2 : static_cast<std::int32_t>(row % 2);
        const std::int32_t label = stream.uniform() < 0.5 ? 1 : 0;
        const double shift = group == 1 ? 0 : 2 * label - 1;
        dataset.features.append_dense_row(std::vector<float>{static_cast<float>(shift + 0.5 * stream.normal())});
        target.class_indices.push_back(label);
        groups.of_row.push_back(group);
        dataset.times.push_back(static_cast<double>(row / 3));
    }
    dataset.target = std::move(target);
    dataset.groups = std::move(groups);
    return dataset;
}

Config linear_by(const std::string& resampling = "stratified") {
    Config config;
    config.set("networks", "0");
    config.set("trees", "0");
    config.set("iterations", "3");
    config.set("resampling", resampling);
    config.set("importance_columns", "0");
    return config;
}

Json rated_by_group(const Dataset& dataset, const Config& config) {
    Supervisor supervisor({1, 0, {}});
    return cross_validate(dataset, config, supervisor).json;
}

std::string group_refusal(const Dataset& dataset, const Config& config) {
    try {
        rated_by_group(dataset, config);
    } catch (const Error& error) {
        return error.what();
    }
    return "accepted";
}

double measure_of(const Json& groups, std::size_t group, const std::string& measure) {
    return groups.at("rated")[group].at("measures").at(measure).at("value").get<double>();
}

}  // namespace

TEST_CASE("groups are rated on their own, with gaps and intervals") {
    const Json groups = rated_by_group(uneven_data(), linear_by()).at("groups");
    CHECK(groups.at("column") == "school");
    CHECK(groups.at("class") == "yes");
    CHECK(groups.at("left_out") == 1);
    REQUIRE(groups.at("rated").size() == 2);
    CHECK(groups.at("rated")[0].at("name") == "<b>");
    CHECK(measure_of(groups, 0, "roc_auc") < 0.62);
    CHECK(measure_of(groups, 1, "roc_auc") > 0.95);
    CHECK(measure_of(groups, 1, "found") > 0.9);
    const Json& gap = groups.at("gaps").at("roc_auc");
    CHECK(gap.at("value").get<double>() == Approx(measure_of(groups, 1, "roc_auc") - measure_of(groups, 0, "roc_auc")));
    CHECK(gap.at("highest") == "a");
    CHECK(gap.at("lowest") == "<b>");
    CHECK(gap.at("interval")[0].get<double>() > 0.1);
    CHECK(gap.at("interval")[1].get<double>() > gap.at("value").get<double>());
}

TEST_CASE("an evaluation's groups together are the whole, and have intervals by resamples") {
    const Dataset dataset = uneven_data();
    Supervisor supervisor({1, 0, {}});
    Dataset training_rows = dataset;
    const Training training = train_model(merge_rows(training_rows), linear_by(), nullptr, Progress(supervisor, 0.5));
    const Json report = evaluate(*training.model, dataset, linear_by(), Progress(supervisor, 0.5)).json;
    const Json& groups = report.at("groups");
    double right = 0;
    for (const Json& group : groups.at("rated")) {
        right += group.at("rows").get<double>() * group.at("measures").at("accuracy").at("value").get<double>();
        const Json& interval = group.at("measures").at("accuracy").at("interval");
        CHECK(interval[0].get<double>() < interval[1].get<double>());
    }
    // Four rows of the third group are missing in the sum.
    const double all = report.at("metrics").at("accuracy").at("value").get<double>() * row_count;
    CHECK(right <= all);
    CHECK(right >= all - 4);
    CHECK(groups.at("gaps").at("log_loss").at("interval")[0].get<double>() > 0);
}

TEST_CASE("folds of groups rate each group by models that never met it, and splits by time by earlier ones") {
    Dataset dataset = uneven_data();
    for (std::size_t row = 0; row < row_count; ++row) dataset.groups->of_row[row] = static_cast<std::int32_t>(row % 3);
    const Config by_groups = linear_by("group_folds");
    const Splitter splitter(dataset, by_groups);
    for (int fold = 0; fold < 3; ++fold) {
        const Split split = splitter.split(fold);
        std::set<std::int32_t> trained;
        for (const std::int64_t row : split.train) trained.insert(dataset.groups->of_row[static_cast<std::size_t>(row)]);
        for (const std::int64_t row : split.test)
            CHECK_FALSE(trained.contains(dataset.groups->of_row[static_cast<std::size_t>(row)]));
        CHECK(split.train.size() + split.test.size() == row_count);
    }
    const Json report = rated_by_group(dataset, by_groups);
    CHECK(report.at("groups").at("rated").size() == 3);
    CHECK(report.at("groups").at("gaps").at("accuracy").at("interval").is_array());
    CHECK(report.at("options").at("resampling") == "group_folds");

    const Json by_time = rated_by_group(dataset, linear_by("time"));
    CHECK(by_time.at("iterations")[0].at("training_rows").get<int>() <
          by_time.at("iterations")[2].at("training_rows").get<int>());
}

TEST_CASE("a class of one group never moves to the other side of a fold of groups") {
    Dataset dataset = uneven_data();
    dataset.target->class_names.emplace_back("rare");
    dataset.target->class_indices[0] = dataset.target->class_indices[1] = 2;
    for (std::size_t row = 0; row < row_count; ++row) dataset.groups->of_row[row] = static_cast<std::int32_t>(row % 2);
    dataset.groups->of_row[1] = 0;
    Config config = linear_by("group_folds");
    config.set("iterations", "2");
    const Splitter splitter(dataset, config, RareClasses::reported);
    for (int fold = 0; fold < 2; ++fold) {
        const Split split = splitter.split(fold);
        std::set<std::int32_t> groups;
        for (const std::int64_t row : split.train) groups.insert(dataset.groups->of_row[static_cast<std::size_t>(row)]);
        CHECK(groups.size() == 1);
    }
}

TEST_CASE("groups of one value, too few of them, and times that are absent or alike are refused") {
    Dataset dataset = uneven_data();
    CHECK(contains(group_refusal(dataset, linear_by("group_folds")), "accepted"));
    Config many = linear_by("group_folds");
    many.set("iterations", "4");
    CHECK(contains(group_refusal(dataset, many), "3 groups make no 4 folds"));
    Dataset alike = dataset;
    for (std::int32_t& group : alike.groups->of_row) group = 0;
    CHECK(contains(group_refusal(alike, linear_by()), "column \"school\" has one value only, \"a\""));
    alike.groups.reset();
    CHECK(contains(group_refusal(alike, linear_by("group_folds")), "group_column"));
    alike.times[7] = std::numeric_limits<double>::quiet_NaN();
    CHECK(contains(group_refusal(alike, linear_by("time")), "sample 7 has no time"));
    alike.times.assign(row_count, 5);
    CHECK(contains(group_refusal(alike, linear_by("time")), "one time"));
    alike.times.clear();
    CHECK(contains(group_refusal(alike, linear_by("time")), "time_column"));
}

TEST_CASE("every page shows the groups, with names escaped") {
    const Json report = rated_by_group(uneven_data(), linear_by());
    const std::string html = render_report(report, "html", Config());
    CHECK(contains(html, "Gaps between groups"));
    CHECK(contains(html, "&lt;b&gt;"));
    CHECK_FALSE(contains(html, "<b>"));
    CHECK(contains(html, "Not rated: 1 group"));
    CHECK(contains(render_report(report, "markdown", Config()), "## Gaps between groups"));
    CHECK(contains(render_report(report, "text", Config()), "Gaps between groups"));
}

TEST_CASE("a callback stops the rating of groups between resamples") {
    const SampleGroups groups{"school", {"a"}, std::vector<std::int32_t>(20)};
    RatedRows rows;
    rows.target = {Task::classification, {"no", "yes"}, std::vector<std::int32_t>(20), {}};
    rows.weights.assign(20, 1);
    rows.predictions.assign(40, 0.5F);
    rows.answers.assign(20, 0);
    rows.groups = groups.of_row;
    CHECK(mml_test::stops_early([&](Supervisor& supervisor) { groups_json({&groups, 1}, rows, supervisor); }));
}
