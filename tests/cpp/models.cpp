// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdio>

#include "support.hpp"
#include "temporary.hpp"

using moodleml::Model;
using moodleml::Report;

TEST_CASE("train, predict, store") {
    const moodleml::Dataset dataset = small_classes();
    const Model model = Model::train(dataset, quick());
    CHECK(model.task() == MML_CLASSIFICATION);
    CHECK(model.inputs() == 2);
    CHECK(model.outputs() == 2);
    CHECK(model.input_names() == std::vector<std::string>{"x0", "x1"});
    CHECK(model.class_names() == std::vector<std::string>{"low", "high"});
    CHECK_THROWS_AS(model.input_name(2), std::out_of_range);
    CHECK_THROWS_AS(model.class_name(2), std::out_of_range);
    CHECK(model.json().find("\"schema\"") != std::string::npos);

    const std::vector<float> scores = model.predict(dataset);
    REQUIRE(scores.size() == 200);
    CHECK(scores[1] < 0.5F);
    CHECK(scores[39] > 0.5F);
    const std::vector<float> cells = small_cells(100);
    CHECK(model.predict(moodleml::table(cells, 2)) == scores);

    CHECK(model.decision() == "probable");
    CHECK(model.offsets() == std::vector<double>{0, 0});
    CHECK(model.decide({0.5F, 0.5F, 0.2F, 0.8F}) == std::vector<std::int32_t>{0, 1});
    CHECK(status_of([&] { model.decide({0.5F, -0.5F}); }) == MML_INVALID_ARGUMENT);

    const TemporaryFolder folder;
    model.save(folder / "model.mml");
    CHECK(Model::load(folder / "model.mml").predict(dataset) == scores);
    CHECK(Model::from_bytes(model.bytes()).predict(dataset) == scores);
    int calls = 0;
    const moodleml::Progress counting = [&](const mml_progress&) { return ++calls > 0; };
    const moodleml::Config limited{{"memory_limit", "100"}};
    CHECK(Model::load(folder / "model.mml", limited, counting).predict(dataset) == scores);
    CHECK(calls > 0);
    const moodleml::Progress stopping = [](const mml_progress&) { return false; };
    const std::string bytes = model.bytes();
    CHECK_THROWS_AS(Model::from_bytes(bytes.data(), bytes.size(), limited, stopping), moodleml::Cancelled);
}

TEST_CASE("predictions go to a buffer of the caller's") {
    const moodleml::Dataset dataset = small_values();
    const Model model = Model::train(dataset, quick());
    CHECK(model.class_names().empty());
    CHECK_THROWS_AS(model.decision(), std::out_of_range);
    CHECK_THROWS_AS(model.class_name(0), std::out_of_range);
    std::vector<float> scores(100);
    model.predict(dataset, scores.data(), scores.size());
    CHECK(scores == model.predict(dataset, moodleml::Config().set("threads", 2)));
    CHECK(status_of([&] { model.predict(dataset, scores.data(), 99); }) == MML_BUFFER_TOO_SMALL);
    const std::vector<float> cells = small_cells(100);
    std::vector<float> again(100);
    model.predict(moodleml::table(cells, 2), again.data(), again.size());
    CHECK(again == scores);
}

TEST_CASE("estimates come as double, too") {
    const moodleml::Dataset dataset = small_values();
    const Model model = Model::train(dataset, quick());
    const std::vector<float> scores = model.predict(dataset);
    const std::vector<double> estimates = model.predict_double(dataset);
    REQUIRE(estimates.size() == scores.size());
    for (std::size_t row = 0; row < scores.size(); ++row) CHECK(static_cast<float>(estimates[row]) == scores[row]);
    const std::vector<float> cells = small_cells(100);
    CHECK(model.predict_double(moodleml::table(cells, 2)) == estimates);
    std::vector<double> buffer(99);
    CHECK(status_of([&] { model.predict(dataset, buffer.data(), buffer.size()); }) == MML_BUFFER_TOO_SMALL);
    CHECK(status_of([&] { model.predict(moodleml::table(cells, 2), buffer.data(), 99); }) == MML_BUFFER_TOO_SMALL);
}

TEST_CASE("a model explains its answers") {
    const moodleml::Dataset dataset = small_classes();
    const Model model = Model::train(dataset, quick());
    const std::vector<double> parts = model.explain(dataset);
    REQUIRE(parts.size() == 100 * 2 * 3);
    const float score = model.predict(dataset)[1];
    CHECK(1 / (1 + std::exp(-(parts[3] + parts[4] + parts[5]))) ==
          doctest::Approx(static_cast<double>(score)).epsilon(1e-4));
    CHECK(parts[0] == -parts[3]);
    std::vector<double> few(599);
    CHECK(status_of([&] { model.explain(dataset, few.data(), few.size()); }) == MML_BUFFER_TOO_SMALL);
    CHECK(status_of([&] { model.explain(dataset, moodleml::Config(), [](const mml_progress&) { return false; }); }) ==
          MML_CANCELLED);
}

TEST_CASE("a predictor answers as its model, by position and by name") {
    const moodleml::Dataset dataset = small_classes();
    const Model model = Model::train(dataset, quick());
    const std::vector<float> cells = dataset.values(), expected = model.predict(dataset);
    const mml_array rows = moodleml::table(cells, dataset.columns());
    std::vector<float> scores(expected.size());
    moodleml::Predictor(model).predict(rows, scores.data(), scores.size());
    CHECK(scores == expected);
    const moodleml::Predictor named(model, model.input_names());
    std::vector<double> wide(expected.size());
    named.predict(rows, wide.data(), wide.size());
    CHECK(static_cast<float>(wide[5]) == expected[5]);
    std::vector<std::int32_t> classes(100);
    named.decide(rows, classes.data(), nullptr, classes.size());
    CHECK(classes == model.decide(expected));
    const std::vector<std::int64_t> starts = {0, 1};
    const std::vector<std::int32_t> places = {1};
    const std::vector<float> cell = {3};
    named.predict_csr(moodleml::table(starts, 1), moodleml::table(places, 1), moodleml::table(cell, 1), scores.data(), 2);
    const std::vector<float> dense = {0, 3};
    CHECK(scores[0] == model.predict(moodleml::table(dense, 2))[0]);
    CHECK(status_of([&] { moodleml::Predictor(model, {"nobody"}); }) == MML_MISMATCH);
}

TEST_CASE("what cannot be predicted or loaded is refused") {
    const Model model = Model::train(small_values(), quick());
    const std::vector<float> cells(3);
    CHECK(status_of([&] { model.predict(moodleml::table(cells, 3)); }) == MML_MISMATCH);
    mml_array negative = moodleml::table(cells, 3);
    negative.rows = -1;
    CHECK(status_of([&] { model.predict(negative); }) == MML_INVALID_ARGUMENT);
    CHECK(status_of([] { Model::from_bytes("no model"); }) == MML_BAD_MODEL);
    CHECK(status_of([] { Model::load("no-such-model.mml"); }) == MML_IO);
    CHECK(status_of([&] { model.save("no-such-folder/model.mml"); }) == MML_IO);
}

TEST_CASE("training goes on from a model") {
    const Model start = Model::train(small_classes(), quick());
    const Model model = Model::train(small_classes(60), quick(), nullptr, &start);
    CHECK(model.bytes().size() > start.bytes().size());
    CHECK(status_of([&] { Model::train(small_values(), quick(), nullptr, &start); }) == MML_MISMATCH);
}

TEST_CASE("a model and a way of training are rated") {
    const moodleml::Dataset dataset = small_classes();
    const Report rated = Report::evaluate(Model::train(dataset, quick()), dataset, quick());
    CHECK(rated.metric("accuracy") > 0.9);
    CHECK(status_of([&] { rated.metric("none"); }) == MML_NOT_FOUND);
    const Report validated = Report::cross_validate(dataset, quick());
    CHECK(validated.json().find("\"cross_validation\"") != std::string::npos);
    CHECK(validated.render("html").find("</html>") != std::string::npos);
    CHECK(validated.render("markdown", quick()).find("accuracy") != std::string::npos);
    CHECK(status_of([&] { validated.render("none"); }) == MML_NOT_FOUND);
    CHECK(Report::from_json(validated.json()).render("html") == validated.render("html"));
    CHECK(status_of([] { Report::from_json("none"); }) == MML_BAD_DATA);
}

TEST_CASE("Moodle's calls on a directory") {
    namespace moodle = moodleml::moodle;
    const TemporaryFolder folder;
    const std::string rows = moodle_rows(60);
    const std::string labelled = folder.file("labelled.csv", moodle_head + "a,b,target\n" + rows);
    CHECK(moodle::predict(folder / "model", labelled).status() == 2);
    const moodleml::Answer trained = moodle::train(folder / "model", labelled, quick());
    CHECK(trained.status() == 0);
    CHECK(trained.json().find("\"status\"") != std::string::npos);
    CHECK(moodle::evaluate(folder / "model", labelled, "", quick()).status() == 0);
    CHECK(moodle::evaluate(folder / "model", labelled, folder / "model", quick()).status() == 0);
    CHECK(moodle::export_model(folder / "model", folder / "exported").status() == 0);
    CHECK(moodle::import_model(folder / "other", folder / "exported").status() == 0);
    CHECK(moodle::convert_model(folder / "other").json() == "{\"status\": 0, \"info\": [], \"converted\": false}");
    const std::string unlabelled = folder.file("unlabelled.csv", moodle_head + "sampleid,a,b\n1-0,0.9,1\n");
    const moodleml::Answer predicted = moodle::predict(folder / "other", unlabelled);
    CHECK(predicted.status() == 0);
    CHECK(predicted.json().find("[\"1-0\", \"1\"") != std::string::npos);
    const moodleml::Answer explained = moodle::explain(folder / "other", unlabelled, moodleml::Config().set("reasons", "1"));
    CHECK(explained.status() == 0);
    CHECK(explained.json().find("\"explanations\": [{\"id\": \"1-0\", \"class\": \"1\"") != std::string::npos);
}
