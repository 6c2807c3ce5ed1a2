// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/random.hpp"
#include "evaluation/card.hpp"
#include "evaluation/kept_report.hpp"
#include "evaluation/report.hpp"
#include "examples.hpp"
#include "model/model_file.hpp"
#include "model/train_model.hpp"

using namespace mml;
using testing::contains;

namespace {

// One row has a value that no other has, and the groups have names of persons.
constexpr const char* hidden_cell = "7.125";

Dataset kept_data(const std::vector<std::string>& class_names, std::uint64_t seed = 3) {
    Dataset dataset = testing::classified_data({}, {});
    Target target{class_names.empty() ? Task::regression : Task::classification, class_names, {}, {}};
    RandomStream stream(seed);
    for (int row = 0; row < 300; ++row) {
        const double x = row == 7 ? 7.125 : stream.normal();
        dataset.features.append_dense_row(std::vector<float>{static_cast<float>(x)});
        if (class_names.empty()) target.values.push_back(row == 7 ? 7.125 : x + 0.5 * stream.normal());
        if (!class_names.empty()) target.class_indices.push_back(x + stream.normal() > 0 ? 1 : 0);
    }
    dataset.groups = SampleGroups{"pupil", {"Anna Smith", "Ben Jones"}, {}};
    for (int row = 0; row < 300; ++row) dataset.groups->of_row.push_back(row % 2);
    dataset.target = std::move(target);
    return dataset;
}

Config linear_only() {
    Config config;
    config.set("networks", "0");
    config.set("trees", "0");
    return config;
}

std::shared_ptr<const Model> trained_on(const Dataset& dataset) {
    Supervisor supervisor({1, 0, {}});
    return train_model(merge_rows(dataset), linear_only(), nullptr, supervisor).model;
}

Json evaluated(const Model& model, const Dataset& dataset) {
    Supervisor supervisor({1, 0, {}});
    return evaluate(model, dataset, linear_only(), supervisor).json;
}

Json described(const Model& model, const char* name, Json value) {
    Json description = model.description();
    description[name] = std::move(value);
    return card_json(model.described_by(std::move(description)));
}

void check_interval_around(const Json& metric) {
    CHECK(metric.at("interval")[0].get<double>() < metric.at("value").get<double>());
    CHECK(metric.at("interval")[1].get<double>() > metric.at("value").get<double>());
}

}  // namespace

TEST_CASE("a card has metrics, intervals, baselines and calibration of the samples held out in training") {
    const Json card = card_json(*trained_on(kept_data({"no", "yes"})));
    for (const char* name : {"log_loss", "brier_score", "accuracy", "balanced_accuracy", "f1_score", "roc_auc"}) {
        check_interval_around(card.at("metrics").at(name));
        CHECK(card.at("metrics").at(name).at("baseline").is_number());
    }
    CHECK(card.at("metrics").at("roc_auc").at("baseline") == 0.5);
    CHECK(card.at("metrics").at("balanced_accuracy").at("baseline") == 0.5);
    CHECK(card.at("metrics").at("calibration_error").at("interval").is_null());
    double share = 0;
    for (const Json& point : card.at("calibration")) {
        share += point[2].get<double>();
        CHECK(point[3].get<double>() < point[1].get<double>() + 1e-9);
        CHECK(point[4].get<double>() > point[1].get<double>() - 1e-9);
        CHECK(point[2].get<double>() * 300 > 9.5);
    }
    CHECK(card.at("calibration").size() > 4);
    CHECK(share == doctest::Approx(1).epsilon(1e-4));
    const std::string page = render_card(card, "html");
    CHECK(contains(page, "<svg"));
    CHECK(contains(page, "perfectly calibrated"));
    CHECK(contains(render_card(card, "text"), "Answered \xE2\x80\x9Cyes\xE2\x80\x9D"));
}

TEST_CASE("a regression's card has its errors in the target's unit") {
    const Json card = card_json(*trained_on(kept_data({})));
    for (const char* name : {"r2", "rmse", "mae"}) check_interval_around(card.at("metrics").at(name));
    CHECK(card.at("metrics").at("rmse").at("value").get<double>() == doctest::Approx(0.5).epsilon(0.2));
    CHECK(card.at("metrics").at("rmse").at("baseline").get<double>() > 1);
    CHECK(card.at("calibration").empty());
}

TEST_CASE("a model keeps a report in its file, with the same answers and without samples and names of groups") {
    const Dataset other = kept_data({"no", "yes"}, 4);
    for (const bool classes : {true, false}) {
        const Dataset dataset = classes ? kept_data({"no", "yes"}) : kept_data({});
        const auto model = trained_on(dataset);
        const Json report = evaluated(*model, classes ? other : kept_data({}, 4));
        const Model kept = with_report(*model, report);
        std::vector<float> before(600), after(600);
        model->predict(dataset, 1, std::span(before));
        kept.predict(dataset, 1, std::span(after));
        CHECK(before == after);
        const std::string bytes = model_bytes(kept);
        CHECK(bytes == model_bytes(with_report(*model, report)));
        const Json card = card_json(*model_from_bytes(bytes, "the model"));
        const Json& evaluation = card.at("evaluation");
        CHECK(evaluation.at("rows") == 300);
        const char* const metric = classes ? "roc_auc" : "rmse";
        CHECK(evaluation.at("metrics").at(metric).at("value") == report.at("metrics").at(metric).at("value"));
        CHECK(evaluation.at("metrics").at(metric).at("interval") == report.at("metrics").at(metric).at("interval"));
        CHECK(evaluation.at("calibration").empty() == !classes);
        CHECK_FALSE(evaluation.at("gaps").empty());
        const std::string description = kept.description().dump();
        for (const char* secret : {hidden_cell, "Anna", "Ben"}) CHECK_FALSE(contains(description, secret));
        for (const char* format : {"markdown", "html", "text"}) {
            const std::string page = render_card(card, format);
            CHECK(contains(page, "Gaps between groups"));
            CHECK(contains(page, "The model"));
            CHECK_FALSE(contains(page, "No evaluation on other samples"));
        }
        CHECK(contains(render_card(card_json(*model), "text"), "No evaluation on other samples"));
    }
}

TEST_CASE("the last report is kept, and a report on something else refused") {
    const auto model = trained_on(kept_data({"no", "yes"}));
    const Model once = with_report(*model, evaluated(*model, kept_data({"no", "yes"}, 4)));
    Supervisor supervisor({1, 0, {}});
    const Json crossed = cross_validate(kept_data({"no", "yes"}), linear_only(), supervisor).json;
    const Json card = card_json(with_report(once, crossed));
    CHECK(card.at("evaluation").at("kind") == "cross_validation");
    CHECK(contains(render_card(card, "text"), "cross-validated on 300 samples"));
    const auto numbers = trained_on(kept_data({}));
    CHECK_THROWS_AS(with_report(*numbers, crossed), Error);
    const auto others = trained_on(kept_data({"left", "right"}));
    CHECK_THROWS_AS(with_report(*others, crossed), Error);
}

TEST_CASE("whatever a file says of ratings, its card is written") {
    const auto model = trained_on(kept_data({"no", "yes"}));
    const std::vector<Json> odd{nullptr,
                                5,
                                "text",
                                Json::array({1}),
                                {{"metrics", 5}},
                                {{"metrics", {{"nosuch", {{"value", 1}}}, {"log_loss", 3}}}},
                                {{"metrics", {{"log_loss", {{"value", 1}, {"interval", "wide"}}}}}},
                                {{"metrics", {{"log_loss", {{"value", "x"}}}}}, {"calibration", "x"}},
                                {{"calibration", Json::array({1, Json::array({1, 2}), Json::array({1, 2, "x"})})}},
                                {{"rows", "x"}, {"kind", 7}, {"verdict", {{"sentences", Json::array({1})}}}},
                                {{"gaps", {{"flagged", 3}, {"found", {{"value", 1}, {"label", 2}}}}}}};
    for (const char* name : {"out_of_fold", "evaluation", "decision"}) {
        for (const Json& each : odd) {
            const Json card = described(*model, name, each);
            for (const char* format : {"json", "markdown", "html", "text"}) CHECK(render_card(card, format).size() > 100);
        }
    }
}
