// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "evaluation/card.hpp"
#include "examples.hpp"
#include "model/model_file.hpp"
#include "model/train_model.hpp"

using namespace mml;
using testing::contains;

namespace {

// One row has a value that no other has.
constexpr const char* hidden_cell = "7.125";

Dataset card_data(bool regression) {
    Dataset dataset;
    dataset.source = "the data set";
    dataset.features = SparseRows(std::vector<float>(3));
    dataset.column_names = {"<i>posts</i>", "kind", "day"};
    dataset.column_names.emplace_back("day (weekday)");
    dataset.features = SparseRows(std::vector<float>(4));
    dataset.named = true;
    dataset.target_name = "passed";
    dataset.categories = {{}, {"a", "b", "c"}, {}, {}};
    Target target{regression ? Task::regression : Task::classification, {}, {}, {}};
    if (!regression) target.class_names = {"no", "yes"};
    RandomStream stream(2);
    for (int row = 0; row < 180; ++row) {
        const double x = stream.normal();
        const float cell = row == 7 ? 7.125F : static_cast<float>(x);
        dataset.features.append_dense_row(std::vector<float>{cell, static_cast<float>(row % 3), 1000, 1});
        if (regression) target.values.push_back(2 * x + 0.3 * stream.normal());
        if (!regression) target.class_indices.push_back(x + 0.2 * stream.normal() > 1.8 ? 1 : 0);
    }
    dataset.target = std::move(target);
    return dataset;
}

std::shared_ptr<const Model> carded(bool regression, const std::vector<std::pair<std::string, std::string>>& options = {}) {
    Config config;
    config.set("networks", "0");
    config.set("trees", "0");
    for (const auto& [name, value] : options) config.set(name, value);
    Supervisor supervisor({1, 0, {}});
    return train_model(merge_rows(card_data(regression)), config, nullptr, supervisor).model;
}

}  // namespace

TEST_CASE("a card says what the model predicts, from what, how well, and what its limits are") {
    const auto model = carded(false, {{"trained_at", "2026-01-31T18:00:00Z"}, {"intended_use", "Offer <help> early"}});
    const Json card = card_json(*model);
    CHECK(card.at("predicts") == "passed");
    CHECK(card.at("trained_at") == "2026-01-31T18:00:00Z");
    CHECK(card.at("samples").at("count") == 180);
    CHECK(card.at("classes").size() == 2);
    CHECK(card.at("columns")[1].at("type") == "category");
    CHECK(card.at("columns")[1].at("levels") == 3);
    CHECK(card.at("columns")[2].at("type") == "time");
    CHECK(card.at("columns")[3].at("type") == "time");
    CHECK(card.at("columns")[0].at("type") == "number");
    const Json& loss = card.at("metrics").at("log_loss");
    CHECK(loss.at("value").get<double>() < loss.at("baseline").get<double>());
    CHECK(loss.at("interval")[0].get<double>() < loss.at("value").get<double>());
    CHECK(loss.at("interval")[1].get<double>() > loss.at("value").get<double>());
    CHECK(card.at("rated_rows").get<int>() > 100);
    CHECK(card.at("decision").at("rule") == "probable");
    const std::string text = render_card(card, "text");
    CHECK(contains(text, "few samples (180)"));
    CHECK(contains(text, "Class \"yes\" is rare"));
    CHECK(contains(text, "How to contest"));
    CHECK(contains(text, "2026-01-31"));
}

TEST_CASE("without a time and a purpose a card leaves them open, and equal trainings have equal bytes") {
    const Json card = card_json(*carded(false));
    CHECK(card.at("trained_at").is_null());
    CHECK(contains(render_card(card, "markdown"), "time not stated"));
    CHECK(contains(render_card(card, "markdown"), "| Class | Share |"));
    CHECK(model_bytes(*carded(false)) == model_bytes(*carded(false)));
}

TEST_CASE("a card says what is usual in a column, as a range that many samples are in") {
    const Json card = card_json(*carded(false));
    const Json& usual = card.at("columns")[0].at("usual");
    // The median of a standard normal number is 0; a tenth of such numbers is within 0.13 of it.
    CHECK(usual[0].get<double>() < 0.3);
    CHECK(usual[0].get<double>() > -0.5);
    CHECK(usual[1].get<double>() > usual[0].get<double>());
    CHECK(usual[1].get<double>() < 0.5);
    CHECK(card.at("columns")[1].at("usual") == "a");
    const std::string text = render_card(card, "markdown");
    CHECK(contains(text, "| day | time | 1000 |"));
    CHECK(contains(text, "| kind | category, 3 levels | a |"));
}

TEST_CASE("a category that keeps no level has nothing that is usual") {
    Dataset rare = card_data(false);
    rare.categories[1].clear();
    SparseRows features(std::vector<float>(4));
    for (std::int64_t row = 0; row < rare.rows(); ++row) {
        rare.categories[1].push_back(concat("kind ", row));
        std::vector<float> cells(4);
        rare.features.expand_row(row, cells);
        cells[1] = static_cast<float>(row);
        features.append_dense_row(cells);
    }
    rare.features = features;
    Supervisor supervisor({1, 0, {}});
    const auto model = train_model(merge_rows(rare), Config(), carded(false), supervisor).model;
    const Json card = card_json(*model);
    CHECK(card.at("columns")[1].at("type") == "category");
    CHECK(card.at("columns")[1].at("levels") == 0);
    CHECK(card.at("columns")[1].at("usual").is_null());
}

TEST_CASE("a card is in the model's file, and holds no sample") {
    const auto model = carded(false);
    const auto loaded = model_from_bytes(model_bytes(*model), "the model");
    for (const char* format : {"json", "markdown", "html", "text"}) {
        const std::string page = render_card(card_json(*model), format);
        CHECK(render_card(card_json(*loaded), format) == page);
        CHECK_FALSE(contains(page, hidden_cell));
    }
}

TEST_CASE("names are escaped in a card, and other formats refused") {
    const Json card = card_json(*carded(false, {{"intended_use", "Offer <help> early"}}));
    const std::string html = render_card(card, "html");
    CHECK(contains(html, "&lt;i&gt;posts"));
    CHECK(contains(html, "Offer &lt;help&gt; early"));
    CHECK_FALSE(contains(html, "<i>posts"));
    CHECK_FALSE(contains(html, "<script"));
    CHECK_FALSE(contains(render_card(card, "markdown"), "<i>posts"));
    CHECK_THROWS_AS(render_card(card, "pdf"), Error);
}

TEST_CASE("a regression's card has the share of the variance that is explained") {
    const Json card = card_json(*carded(true));
    CHECK(card.at("task") == "regression");
    CHECK(card.at("decision").is_null());
    CHECK(card.at("metrics").at("r2").at("value").get<double>() > 0.2);
    CHECK(contains(render_card(card, "markdown"), "Estimates a number"));
}

TEST_CASE("a model of few fields has a card too") {
    const auto model = carded(false);
    const Model bare(model->ensemble(), model->names(), {}, model->sample_weight(), Json::object());
    for (const char* format : {"json", "markdown", "html", "text"}) CHECK(render_card(card_json(bare), format).size() > 100);
}
