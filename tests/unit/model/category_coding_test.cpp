// SPDX-License-Identifier: Apache-2.0
// Categories from a data set to a model and back out of its file.
#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <numeric>

#include "../../mentions.hpp"
#include "../status_of.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "config/config.hpp"
#include "data/csv_file.hpp"
#include "model/category_coding.hpp"
#include "model/model_file.hpp"
#include "model/train_model.hpp"

using mml::Config;
using mml::Dataset;
using mml::Model;
using mml_test::mentions;

namespace {

Config quick() {
    Config config;
    for (const auto& [name, value] : std::vector<std::pair<const char*, const char*>>{{"format", "plain"},
                                                                                      {"task", "regression"},
                                                                                      {"networks", "1"},
                                                                                      {"epochs", "30"},
                                                                                      {"trees", "40"},
                                                                                      {"threads", "1"}})
        config.set(name, value);
    return config;
}

Dataset table_of(const std::string& text, const char* labelled = "true") {
    Config config = quick();
    config.set("labelled", labelled);
    return mml::read_csv_text(text, config);
}

std::shared_ptr<const Model> trained(const Dataset& dataset, std::shared_ptr<const Model> prior = nullptr) {
    mml::Supervisor supervisor({1, 0, {}});
    return mml::train_model(mml::merge_rows(dataset), quick(), std::move(prior), mml::Progress(supervisor)).model;
}

std::vector<float> predicted(const Model& model, const Dataset& dataset) {
    std::vector<float> scores(static_cast<std::size_t>(dataset.rows()));
    model.predict(dataset, 1, scores);
    return scores;
}

// What each colour adds is known; the number beside it adds noise.
std::string colours(std::uint64_t seed, int rows = 400) {
    const std::vector<std::pair<std::string, int>> values{{"red", 10}, {"green", -10}, {"blue", 0}, {"black", 20}};
    mml::RandomStream random(seed);
    std::string text = "colour,x,y\n";
    for (int i = 0; i < rows; ++i) {
        const auto& [colour, value] = values[static_cast<std::size_t>(random.below(values.size()))];
        const double x = random.uniform();
        text += mml::concat(colour, ",", x, ",", static_cast<double>(value) + x, "\n");
    }
    return text;
}

// Rows of some of the colours only.
std::string without(const std::string& text, const std::vector<std::string>& absent) {
    std::string kept;
    for (std::size_t begin = 0, end = 0; begin < text.size(); begin = end + 1) {
        end = text.find('\n', begin);
        const std::string line = text.substr(begin, end - begin + 1);
        if (std::ranges::none_of(absent, [&](const std::string& colour) { return line.starts_with(colour); })) kept += line;
    }
    return kept;
}

}  // namespace

TEST_CASE("a model learns categories and finds them in other tables") {
    const auto model = trained(table_of(colours(1)));
    CHECK(model->categories()[0].size() == 4);
    const auto scores = predicted(*model, table_of("x,colour\n0.5,black\n0.5,red\n0.5,green\n0.5,blue\n", "false"));
    CHECK(std::abs(scores[0] - 20.5F) < 2);
    CHECK(std::abs(scores[1] - 10.5F) < 2);
    CHECK(std::abs(scores[2] + 9.5F) < 2);
    CHECK(std::abs(scores[3] - 0.5F) < 2);
    const auto others = predicted(*model, table_of("x,colour\n0.5,mauve\n0.5,\n0.5,\n", "false"));
    CHECK(std::isfinite(others[0]));
    CHECK(others[1] == others[2]);
}

TEST_CASE("a model file keeps the categories, and says so in its format") {
    const auto model = trained(table_of(colours(2)));
    const std::string bytes = mml::model_bytes(*model);
    const auto again = mml::model_from_bytes(bytes, "m");
    CHECK(again->categories() == model->categories());
    const Dataset dataset = table_of(colours(3));
    CHECK(predicted(*again, dataset) == predicted(*model, dataset));
    CHECK(again->wanted_columns().target == "y");
}

TEST_CASE("a prior's categories are matched by their texts") {
    const auto first = trained(table_of(colours(4)));
    const auto second = trained(table_of(colours(5, 100)), first);
    const auto scores = predicted(*second, table_of("colour,x\nblack,0.5\ngreen,0.5\n", "false"));
    CHECK(std::abs(scores[0] - 20.5F) < 3);
    CHECK(std::abs(scores[1] + 9.5F) < 3);
}

TEST_CASE("earlier models keep the levels that later samples lack") {
    auto model = trained(table_of(colours(6, 2000)));
    const Dataset dataset = table_of("colour,x\nblack,0.5\ngreen,0.5\nred,0.5\n", "false");
    model = trained(table_of(without(colours(7, 200), {"black"})), model);
    model = trained(table_of(without(colours(8, 200), {"black", "green"})), model);
    REQUIRE(model->prior().model->prior().model);
    for (const auto& seen : {model, mml::model_from_bytes(mml::model_bytes(*model), "m")}) {
        const auto scores = predicted(*seen, dataset);
        // The first model's share is above .8, and the others answer some mean of what they saw.
        CHECK(std::abs(scores[0] - 20.5F) < 5);
        CHECK(std::abs(scores[1] + 9.5F) < 4);
        CHECK(std::abs(scores[2] - 10.5F) < 2);
    }
    mml::Supervisor supervisor({1, 0, {}});
    std::vector<double> parts(3 * 3);
    model->explain(dataset, supervisor, parts);
    const auto scores = predicted(*model, dataset);
    for (std::size_t row = 0; row < 3; ++row) {
        CHECK(parts[3 * row] + parts[3 * row + 1] + parts[3 * row + 2] ==
              doctest::Approx(static_cast<double>(scores[row])).epsilon(1e-4));
    }
    // Alone or among others, a row's answer is the same.
    CHECK(predicted(*model, table_of("x,colour\n0.5,black\n", "false"))[0] == scores[0]);
}

TEST_CASE("samples with a model's levels become a table again") {
    const Dataset dataset = table_of(colours(9));
    std::vector<std::string> warnings;
    const mml::Samples samples = mml::merge_rows(dataset);
    const mml::Samples coded = mml::with_model_levels(samples, quick(), {}, warnings);
    Dataset again;
    again.features = mml::with_table_codes(coded);
    again.column_names = coded.column_names;
    again.named = true;
    again.categories = coded.categories;
    Dataset before = again;
    before.features = samples.features;
    before.categories = samples.categories;
    const auto model = trained(dataset);
    CHECK(predicted(*model, again) == predicted(*model, before));
}

TEST_CASE("a file read for a model does not warn about levels that an earlier model knows") {
    const auto first = trained(table_of(colours(6)));
    const auto model = trained(table_of(without(colours(7, 200), {"black"})), first);
    CHECK(model->categories()[0].size() == 3);
    CHECK(model->wanted_columns().categories[0].size() == 4);
}

TEST_CASE("numbers and texts are matched where they can be") {
    std::string text = "zip,x,y\n";
    for (int i = 0; i < 200; ++i) text += mml::concat(i % 2 == 0 ? "1067" : "80331", ",", i % 7, ",", i % 2 * 10, "\n");
    Config config = quick();
    config.set("types", "zip=category");
    const auto model = trained(mml::read_csv_text(text, config));
    const auto scores = predicted(*model, table_of("zip,x\n1067,1\n80331,1\n", "false"));
    CHECK(std::abs(scores[0]) < 2);
    CHECK(std::abs(scores[1] - 10) < 2);
    const auto numbers = trained(table_of(text));
    const Dataset texts = table_of("zip,x\nMunich,1\n80331,1\n", "false");
    CHECK(mml_test::message_of([&] { predicted(*numbers, texts); }) == mentions("\"zip\"", "\"Munich\"", "trained"));
}

TEST_CASE("truth values of texts and of numbers are the same") {
    std::string texts = "paid,x,y\n";
    std::string numbers = texts;
    for (int i = 0; i < 200; ++i) {
        texts += mml::concat(i % 2 == 0 ? "False" : "True", ",", i % 7, ",", i % 2 * 10, "\n");
        numbers += mml::concat(i % 2, ",", i % 7, ",", i % 2 * 10, "\n");
    }
    for (const std::string& text : {texts, numbers}) {
        const auto model = trained(table_of(text));
        CHECK(predicted(*model, table_of("paid,x\nTrue,1\nFalse,1\n", "false")) ==
              predicted(*model, table_of("paid,x\n1,1\n0,1\n", "false")));
    }
}

TEST_CASE("a category of which no level is kept stays one") {
    const Dataset many = table_of(colours(10));
    std::string rare = "colour,x,y\n";
    std::string missing = "colour,x,y\nred,0.5,1\n";
    for (int i = 0; i < 60; ++i) {
        rare += mml::concat("colour", i, ",", i, ",", i, "\n");
        missing += mml::concat(",", i, ",", i, "\n");
    }
    const auto first = trained(many);
    // What an earlier model needs is an input, though none of its texts is kept.
    const auto second = trained(table_of(rare), first);
    const auto third = trained(table_of(rare), second);
    for (const auto& model : {second, third, mml::model_from_bytes(mml::model_bytes(*third), "m")}) {
        for (const Dataset& dataset : {many, table_of(rare), table_of(missing)}) {
            for (const float score : predicted(*model, dataset)) CHECK(std::isfinite(score));
        }
        CHECK(std::ranges::find(model->categories()[0], "colour0") == model->categories()[0].end());
    }
    // A category whose levels are declared, but without a cell: there is nothing to learn from it.
    std::vector<std::int64_t> rows(60);
    std::iota(rows.begin(), rows.end(), 1);
    const auto without_cells = trained(mml::selected(table_of(missing), rows));
    CHECK(without_cells->input_names() == std::vector<std::string>{"x"});
    CHECK(without_cells->description().at("warnings").dump().find("all its cells are missing") != std::string::npos);
    CHECK(std::isfinite(predicted(*without_cells, many)[0]));
}

TEST_CASE("a column of ids is no feature, and does not leak the target") {
    mml::RandomStream random(7);
    std::string text = "who,x,y\n";
    for (int i = 0; i < 300; ++i) text += mml::concat("person", i, ",", random.uniform(), ",", random.uniform(), "\n");
    const auto model = trained(table_of(text));
    CHECK(model->input_names() == std::vector<std::string>{"x"});
    REQUIRE(model->description().find("warnings") != nullptr);
    CHECK(model->description().at("warnings").dump().find("who") != std::string::npos);

    // Of five rows each: nothing to learn, so an honest model predicts about the mean.
    std::string groups = "who,x,y\n";
    for (int i = 0; i < 1000; ++i)
        groups += mml::concat("group", random.below(200), ",", random.uniform(), ",", random.uniform(), "\n");
    const auto scores = predicted(*trained(table_of(groups)), table_of(groups));
    double squares = 0;
    for (const float score : scores) squares += (score - 0.5) * (score - 0.5);
    CHECK(std::sqrt(squares / static_cast<double>(scores.size())) < 0.12);
}
