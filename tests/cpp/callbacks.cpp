// SPDX-License-Identifier: Apache-2.0
#include "support.hpp"
#include "temporary.hpp"

using moodleml::Model;

namespace {

struct Mine : std::exception {};

bool throw_mine(const mml_progress& /*progress*/) { throw Mine(); }

}  // namespace

TEST_CASE("progress is told and rises") {
    double last = 0;
    int calls = 0;
    Model::train(small_classes(), quick(), [&](const mml_progress& progress) {
        CHECK(progress.fraction >= last);
        last = progress.fraction;
        return ++calls > 0;
    });
    CHECK(calls > 0);
}

TEST_CASE("a callback that answers false cancels") {
    const auto stop = [](const mml_progress&) { return false; };
    CHECK_THROWS_AS(Model::train(small_classes(), quick(), stop), moodleml::Cancelled);
    CHECK(status_of([&] { moodleml::Report::cross_validate(small_classes(), quick(), stop); }) == MML_CANCELLED);
    CHECK_THROWS_AS(Model::train(small_classes(), quick()).write([](const char*, std::size_t) { return false; }),
                    moodleml::Cancelled);
}

TEST_CASE("an exception of a callback comes out of the call") {
    const moodleml::Dataset dataset = small_classes();
    CHECK_THROWS_AS(Model::train(dataset, quick(), throw_mine), Mine);
    CHECK_THROWS_AS(moodleml::Report::cross_validate(dataset, quick(), throw_mine), Mine);
    const Model model = Model::train(dataset, quick());
    CHECK_THROWS_AS(moodleml::Report::evaluate(model, dataset, quick(), throw_mine), Mine);
    CHECK_THROWS_AS(model.write([](const char*, std::size_t) -> bool { throw 7; }), int);
    const moodleml::Report report = moodleml::Report::evaluate(model, dataset);
    CHECK_THROWS_AS(report.render("html", [](const char*, std::size_t) -> bool { throw Mine(); }), Mine);
}

TEST_CASE("an exception comes out of Moodle's calls, which then leave no model") {
    const TemporaryFolder folder;
    const std::string file = folder.file("labelled.csv", moodle_head + "a,b,target\n" + moodle_rows(60));
    CHECK_THROWS_AS(moodleml::moodle::train(folder / "model", file, quick(), throw_mine), Mine);
    CHECK_THROWS_AS(moodleml::moodle::evaluate(folder / "model", file, "", quick(), throw_mine), Mine);
    CHECK(moodleml::moodle::predict(folder / "model", file).status() == 2);
    CHECK(moodleml::moodle::train(folder / "model", file, quick()).status() == 0);
    const std::string unlabelled = folder.file("unlabelled.csv", moodle_head + "sampleid,a,b\n1-0,0.9,1\n");
    CHECK_THROWS_AS(moodleml::moodle::predict(folder / "model", unlabelled, quick(), throw_mine), Mine);
}

TEST_CASE("an all-reduce that fails or throws ends the training") {
    moodleml::Config config = quick();
    config.set_ranks(
        0, 2, [](void*, std::size_t, mml_data_type, mml_operation, void*) { return std::int32_t{3}; }, nullptr);
    CHECK(status_of([&] { Model::train(small_classes(), config); }) == MML_IO);
    config.set_ranks(
        0, 2, [](void*, std::size_t, mml_data_type, mml_operation, void*) -> std::int32_t { throw Mine(); }, nullptr);
    CHECK_THROWS_AS(Model::train(small_classes(), config), moodleml::Cancelled);
    config.set_ranks(
        0, 1, [](void*, std::size_t, mml_data_type, mml_operation, void*) { return std::int32_t{3}; }, nullptr);
    CHECK(Model::train(small_classes(), config).outputs() == 2);
    CHECK_THROWS_AS(moodleml::Config().set_ranks(1, 1, nullptr, nullptr), moodleml::Error);
}

TEST_CASE("pieces are handed on as they come") {
    const Model model = Model::train(small_classes(), quick());
    std::string pieces;
    model.write([&](const char* bytes, std::size_t size) {
        pieces.append(bytes, size);
        return true;
    });
    CHECK(pieces == model.bytes());
    CHECK(status_of([&] { model.write(nullptr); }) == MML_INVALID_ARGUMENT);
}
