// SPDX-License-Identifier: Apache-2.0
// Columns that float32 would merge, from a data set to a model and back out of its file.
#include <cmath>
#include <doctest/doctest.h>

#include "base/text.hpp"
#include "config/config.hpp"
#include "data/csv_file.hpp"
#include "model/model_file.hpp"
#include "model/train_model.hpp"

using mml::Dataset;
using mml::Model;

namespace {

mml::Config stamp_config(const char* labelled) {
    mml::Config config;
    for (const auto& [name, value] : std::vector<std::pair<const char*, const char*>>{
             {"format", "plain"}, {"task", "classification"}, {"networks", "0"}, {"threads", "1"}, {"labelled", labelled}})
        config.set(name, value);
    return config;
}

// The second tells the class: 0 to 6, or 40 to 46.
std::string stamped(long long first, int rows) {
    std::string text = "stamp,x,y\n";
    for (int i = 0; i < rows; ++i)
        text += mml::concat(first + i % 7 + 40 * (i * 13 % 10 < 5), ",", i * 7 % 11, ",", i * 13 % 10 < 5 ? 1 : 0, "\n");
    return text;
}

std::shared_ptr<const Model> stamp_model(const std::string& text, std::shared_ptr<const Model> prior = nullptr) {
    mml::Supervisor supervisor({1, 0, {}});
    const Dataset dataset = mml::read_csv_text(text, stamp_config("true"));
    return mml::train_model(mml::merge_rows(dataset), stamp_config("true"), std::move(prior), mml::Progress(supervisor))
        .model;
}

std::vector<float> stamp_scores(const Model& model, const std::string& rows) {
    const Dataset dataset = mml::read_csv_text("stamp,x\n" + rows, stamp_config("false"));
    std::vector<float> scores(static_cast<std::size_t>(2 * dataset.rows()));
    model.predict(dataset, 1, std::span(scores));
    std::vector<float> second;
    for (std::size_t i = 1; i < scores.size(); i += 2) second.push_back(scores[i]);
    return second;
}

}  // namespace

TEST_CASE("seconds of a time stamp tell the class") {
    const auto model = stamp_model(stamped(1700000000, 200));
    REQUIRE(model->origins().size() == 2);
    CHECK(model->origins()[1] == 0);
    const std::string rows = "1700000003,1\n1700000044,1\n";
    const std::vector<float> scores = stamp_scores(*model, rows);
    CHECK(scores[0] < 0.2F);
    CHECK(scores[1] > 0.8F);
    // A row alone, where nothing shows that its value is close to others.
    CHECK(stamp_scores(*model, "1700000044,1\n")[0] == scores[1]);
    const auto again = mml::model_from_bytes(mml::model_bytes(*model), "m");
    CHECK(again->origins() == model->origins());
    CHECK(stamp_scores(*again, rows) == scores);
}

TEST_CASE("an earlier model counts from its own origin") {
    const auto first = stamp_model(stamped(1700000000, 400));
    const auto second = stamp_model(stamped(1700900000, 20), first);
    const auto unmoved = stamp_model("stamp,x,y\n1,1,0\n2,1,0\n3,1,0\n41,1,1\n42,1,1\n43,1,1\n44,1,1\n4,1,0\n", first);
    for (const auto& model : {second, unmoved, mml::model_from_bytes(mml::model_bytes(*second), "m")}) {
        const std::vector<float> scores = stamp_scores(*model, "1700000003,1\n1700000044,1\n");
        CHECK(scores[1] - scores[0] > 0.5F);
    }
}

TEST_CASE("a model of a column that float32 holds has no origin") {
    std::string text = "stamp,x,y\n";
    for (int i = 0; i < 200; ++i) text += mml::concat(1013.25 + i % 40 / 100.0, ",", i % 11, ",", i % 2, "\n");
    CHECK(stamp_model(text)->origins().empty());
}
