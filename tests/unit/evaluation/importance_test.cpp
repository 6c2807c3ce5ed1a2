// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <doctest/doctest.h>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "base/text.hpp"
#include "evaluation/column_units.hpp"
#include "evaluation/render/render.hpp"
#include "evaluation/report.hpp"
#include "examples.hpp"

using doctest::Approx;
using namespace mml;
using testing::contains;

namespace {

// Columns: what decides, the same again, noise, a constant, and noise with missing cells.
const std::vector<std::string> column_list{"deciding", "copy", "noise", "constant", "gaps"};

Dataset made_data(bool regression, std::int64_t rows = 300) {
    Dataset dataset;
    dataset.source = "the data set";
    dataset.features = SparseRows(std::vector<float>(column_list.size()));
    dataset.column_names = column_list;
    dataset.named = true;
    Target target{regression ? Task::regression : Task::classification, {}, {}, {}};
    if (!regression) target.class_names = {"no", "yes"};
    RandomStream stream(5);
    for (std::int64_t row = 0; row < rows; ++row) {
        const double x = stream.normal();
        const float cell = static_cast<float>(x);
        const float gap = row % 3 == 0 ? std::nanf("") : static_cast<float>(stream.normal());
        dataset.features.append_dense_row(std::vector<float>{cell, cell, static_cast<float>(stream.normal()), 7, gap});
        if (regression) {
            target.values.push_back(3.0 * static_cast<double>(cell));
        } else {
            target.class_indices.push_back(x + 0.3 * stream.normal() > 0 ? 1 : 0);
        }
    }
    dataset.target = std::move(target);
    return dataset;
}

Config linear_alone() {
    Config config;
    config.set("networks", "0");
    config.set("trees", "0");
    config.set("iterations", "3");
    return config;
}

Json measured(const Dataset& dataset, const Config& config, int threads = 1, const ColumnFamily& family = nullptr) {
    Supervisor supervisor({threads, 0, {}});
    return cross_validate(dataset, config, supervisor, RareClasses::reported, family).json;
}

const Json& importance_of_unit(const Json& report, const std::string& name) {
    for (const Json& entry : report.at("importance").at("columns")) {
        if (entry.at("name") == name) return entry;
    }
    FAIL(name, " was not measured");
    return report;
}

bool is_measured(const Json& report, const std::string& name) {
    for (const Json& entry : report.at("importance").at("columns")) {
        for (const std::string& column : entry.at("columns").texts()) {
            if (column == name) return true;
        }
    }
    return false;
}

std::vector<std::int32_t> all_columns() { return {0, 1, 2, 3, 4}; }

}  // namespace

TEST_CASE("columns that are equal, or of one family, are one unit, and constant ones none") {
    const Dataset dataset = made_data(false);
    const Columns cells(dataset.features);
    const std::vector<ColumnUnit> alone = column_units(dataset, cells, all_columns(), nullptr);
    REQUIRE(alone.size() == 3);
    CHECK(alone[0].name == "deciding");
    CHECK(alone[0].columns == std::vector<std::size_t>{0, 1});
    CHECK(alone[1].columns == std::vector<std::size_t>{2});

    const ColumnFamily family = [](const std::string& name) { return name == "copy" || name == "gaps" ? "both" : name; };
    const std::vector<ColumnUnit> families = column_units(dataset, cells, all_columns(), family);
    REQUIRE(families.size() == 2);
    CHECK(families[0].columns == std::vector<std::size_t>{0, 1, 4});

    const std::vector<std::int32_t> some{1, 3};
    CHECK(column_units(dataset, cells, some, nullptr).size() == 1);
}

TEST_CASE("a column that decides raises the loss when it is permuted together with its copy, noise does not") {
    const Json report = measured(made_data(false), linear_alone());
    const Json& deciding = importance_of_unit(report, "deciding");
    CHECK(deciding.at("count") == 2);
    // The answers of other rows are as bad as the opposite in half of the cases: much worse than guessing.
    CHECK(deciding.at("value").get<double>() > 0.7);
    CHECK(deciding.at("interval")[0].get<double>() > 0.3);
    CHECK(deciding.at("interval")[1].get<double>() >= deciding.at("value").get<double>());
    CHECK(deciding.at("contribution").get<double>() > 0.8);
    CHECK(std::abs(importance_of_unit(report, "noise").at("value").get<double>()) < 0.03);
    CHECK_FALSE(is_measured(report, "constant"));
    CHECK(report.at("importance").at("columns")[0].at("name") == "deciding");
    CHECK(report.at("importance").at("loss") == "log_loss");
}

TEST_CASE("permuting what alone decides a number costs the deviation of its difference") {
    const Json report = measured(made_data(true, 900), linear_alone());
    // 3 (x - x') of independent standard normal numbers: root of 18, beside an error of nearly 0.
    CHECK(importance_of_unit(report, "deciding").at("value").get<double>() == Approx(std::sqrt(18.0)).epsilon(0.06));
    CHECK(report.at("importance").at("loss") == "rmse");
}

TEST_CASE("the effect of a column of a linear model is a straight line of its slope, 0 on average") {
    const Json report = measured(made_data(true), linear_alone());
    const Json& effects = report.at("importance").at("effects");
    CHECK(effects.at("class").is_null());
    CHECK(effects.at("columns")[0].at("name") == "deciding");
    const Json& points = effects.at("columns")[0].at("points");
    REQUIRE(points.size() == 17);
    // Equal columns share the slope where a member uses both; the effect is that of the first.
    const auto at = [&](std::size_t i, std::size_t side) { return points[i][side].get<double>(); };
    const double slope = (at(16, 1) - at(0, 1)) / (at(16, 0) - at(0, 0));
    CHECK(slope > 1.4);
    CHECK(slope < 3.1);
    for (std::size_t i = 0; i < 17; ++i) CHECK(at(i, 1) - at(0, 1) == Approx(slope * (at(i, 0) - at(0, 0))).epsilon(0.01));
}

TEST_CASE("the effect of a category is that of each level, 0 on average, without an order and rare levels") {
    Dataset dataset = testing::classified_data({}, {});
    dataset.column_names = {"<b>school</b>"};
    dataset.categories = {{"north", "south", "rare", "east"}};
    Target target{Task::regression, {}, {}, {}};
    RandomStream stream(5);
    const double means[] = {0, 3, 0, 1};
    for (int row = 0; row < 401; ++row) {
        const int level = row == 400 ? 2 : row % 4 == 2 ? 0 : row % 4;
        dataset.features.append_dense_row(std::vector<float>{static_cast<float>(level)});
        target.values.push_back(means[level] + 0.1 * stream.normal());
    }
    dataset.target = std::move(target);
    const Json report = measured(dataset, linear_alone());
    CHECK(report.at("importance").at("effects").at("columns").empty());
    const Json& drawn = report.at("importance").at("effects").at("categories");
    REQUIRE(drawn.size() == 1);
    const Json& levels = drawn[0].at("levels");
    REQUIRE(levels.size() == 3);
    CHECK(levels[0].at("name") == "north");
    double mean = 0;
    for (const Json& level : levels) {
        mean += level.at("share").get<double>() * level.at("effect").get<double>();
        // The means of the levels are 0, 3 and 1, their shares a half and twice a quarter: the mean of all is 1.
        const double expected = level.at("name") == "north" ? -1 : level.at("name") == "south" ? 2 : 0;
        CHECK(level.at("effect").get<double>() == Approx(expected).epsilon(0.1).scale(1));
    }
    CHECK(mean == Approx(0).scale(1).epsilon(1e-5));
    const std::string page = render_report(report, "html", Config());
    CHECK(page.find("partial dependence") != std::string::npos);
    CHECK(page.find("<b>school") == std::string::npos);
}

TEST_CASE("importance is the same on any number of threads, and of an evaluation has an interval too") {
    const Dataset dataset = made_data(false);
    const Json one = measured(dataset, linear_alone());
    CHECK(measured(dataset, linear_alone(), 3).at("importance") == one.at("importance"));

    Supervisor supervisor({1, 0, {}});
    const Training training = train_model(merge_rows(dataset), linear_alone(), nullptr, Progress(supervisor, 0.5));
    const Json report = evaluate(*training.model, dataset, linear_alone(), Progress(supervisor, 0.5)).json;
    const Json& deciding = importance_of_unit(report, "deciding");
    CHECK(deciding.at("interval")[0].get<double>() < deciding.at("value").get<double>());
    CHECK(deciding.at("interval")[1].get<double>() > deciding.at("value").get<double>());
    CHECK(report.at("importance").at("models") == 1);
}

TEST_CASE("importance can be turned off, and says how many columns it left out") {
    Config config = linear_alone();
    config.set("importance_columns", "0");
    const Json off = measured(made_data(false), config);
    CHECK(off.at("importance").is_null());
    CHECK_FALSE(contains(render_report(off, "html", config), "What the answers rest on"));

    config.set("importance_columns", "1");
    const Json one = measured(made_data(false), config);
    CHECK(one.at("importance").at("columns").size() == 1);
    CHECK(one.at("importance").at("units") == 3);
    CHECK(contains(render_report(one, "text", config), "The 1 of 3 with the largest contributions"));
}

TEST_CASE("every page shows importance, with column_list escaped") {
    Dataset dataset = made_data(false);
    dataset.column_names[0] = "<b>deciding</b>";
    const Json report = measured(dataset, linear_alone());
    const std::string html = render_report(report, "html", Config());
    CHECK(contains(html, "What the answers rest on"));
    CHECK(contains(html, "&lt;b&gt;deciding"));
    CHECK_FALSE(contains(html, "<b>deciding"));
    CHECK(contains(html, "2 columns together"));
    CHECK(contains(html, "id=\"effect-1"));
    CHECK(contains(render_report(report, "markdown", Config()), "What the answers rest on"));
    CHECK(contains(render_report(report, "text", Config()), "<b>deciding</b>"));
}
