// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <filesystem>
#include <string>

#include "../status_of.hpp"
#include "base/file_lock.hpp"
#include "model/model_file.hpp"
#include "moodle/directory.hpp"
#include "moodle_files.hpp"

using namespace mml_test;
using mml::Status;

namespace {

std::ptrdiff_t entries_of(const std::string& directory) {
    return std::distance(std::filesystem::directory_iterator(directory), {});
}

mml::Answer export_from(const MoodleSite& site) {
    return mml::moodle_export(site.model_directory(), site.place.file("some/export"), mml::Config());
}

}  // namespace

TEST_CASE("an export holds the model and nothing else") {
    const MoodleSite site;
    REQUIRE(site.train(labelled_rows("ab", 0, 40)).status == 0);
    const std::string model = site.bytes_of("model.mml");
    const std::string directory = site.place.file("some/export");
    const mml::Answer answer = export_from(site);
    CHECK(answer.status == 0);
    CHECK(answer.json == mml::concat(R"({"status": 0, "info": [], "directory": ")", directory, "\"}"));
    CHECK(entries_of(directory) == 1);
    mml::Binding binding{5, "set"};
    mml::load_model(directory + "/model.mml", &binding);
    CHECK(binding.generation == 0);
    CHECK(binding.samples_hash.empty());
    CHECK(site.bytes_of("model.mml") == model);
    CHECK(export_from(site).status == 0);  // again, over the first one
}

TEST_CASE("a model is exported neither onto itself nor into its own directory") {
    const MoodleSite site;
    REQUIRE(site.train(labelled_rows("ab", 0, 40)).status == 0);
    const std::string model = site.bytes_of("model.mml");
    const std::string link = site.place.file("link");
    std::filesystem::create_directory_symlink(site.classifier(""), link);
    const std::string own = site.model_directory();
    for (const std::string& target : {own, own + "/", own + "/.", own + "/classifier", own + "/classifier/../classifier",
                                      own + "/new/export", link, link + "/new"}) {
        CAPTURE(target);
        const auto export_there = [&] { mml::moodle_export(own, target, mml::Config()); };
        CHECK(status_of(export_there) == Status::invalid_argument);
        CHECK(message_of(export_there).find("is the model's own or in it: name one outside") != std::string::npos);
    }
    CHECK(site.bytes_of("model.mml") == model);
    CHECK(entries_of(site.classifier("")) == 2);
    CHECK_FALSE(mml::exists(own + "/model.mml"));
    // One beside it, and the one that holds it, are others.
    CHECK(mml::moodle_export(own, own + "-2", mml::Config()).status == 0);
    CHECK(mml::moodle_export(own, site.place.path(), mml::Config()).status == 0);
}

TEST_CASE("a model is not imported onto itself, which would cost it its samples") {
    const MoodleSite site;
    REQUIRE(site.train(labelled_rows("ab", 0, 40)).status == 0);
    const std::string model = site.bytes_of("model.mml");
    const std::string own = site.model_directory();
    std::filesystem::create_directory_symlink(own, site.place.file("link"));
    std::filesystem::create_directory(site.place.file("linked"));
    std::filesystem::create_symlink(site.classifier("model.mml"), site.place.file("linked/model.mml"));
    for (const std::string& source :
         {own, own + "//", own + "/classifier", site.place.file("link"), site.place.file("linked")}) {
        CAPTURE(source);
        CHECK(status_of([&] { mml::moodle_import(own, source, mml::Config()); }) == Status::invalid_argument);
    }
    CHECK(site.bytes_of("model.mml") == model);
    CHECK(mml::exists(site.classifier("samples-1.mml")));
    // A copy of the model is another one, wherever it is.
    REQUIRE(mml::moodle_export(own, site.place.path(), mml::Config()).status == 0);
    CHECK(mml::moodle_import(own, site.place.path(), mml::Config()).status == 0);
}

TEST_CASE("where there is no model there is nothing to export") {
    const MoodleSite site;
    const mml::Answer answer = export_from(site);
    CHECK(answer.status == 1);
    CHECK(answer.json == R"({"status": 1, "info": ["There is nothing to export."]})");
    CHECK_FALSE(mml::exists(site.place.file("some")));
}

TEST_CASE("a damaged model is not exported") {
    const MoodleSite site;
    REQUIRE(site.train(labelled_rows("ab", 0, 40)).status == 0);
    mml::replace_file(site.classifier("model.mml"), "damaged", 0600);
    CHECK(export_from(site).status == 1);
    CHECK_FALSE(mml::exists(site.place.file("some")));
}

TEST_CASE("an imported model predicts as the exported one, and training goes on from it") {
    const MoodleSite site;
    REQUIRE(site.train(labelled_rows("ab", 0, 200)).status == 0);
    REQUIRE(export_from(site).status == 0);
    const MoodleSite target;
    const mml::Answer answer = mml::moodle_import(target.model_directory(), site.place.file("some/export"), mml::Config());
    CHECK(answer.status == 0);
    CHECK(answer.json == mml::concat(R"({"status": 0, "info": [], "directory": ")", target.model_directory(), "\"}"));
    const std::string rows = unlabelled_rows("ab", 300, 320);
    CHECK(target.predict(rows).json == site.predict(rows).json);
    CHECK(target.train(labelled_text({"a", "b"}, {"0,0,0", "0,0,1"})).status == 0);
    CHECK(target.classes_of(300, 310) == "0101010101");
}

TEST_CASE("an import replaces the model and drops the samples of the old one") {
    const MoodleSite site;
    const MoodleSite target;
    REQUIRE(site.train(labelled_rows("ab", 0, 40)).status == 0);
    REQUIRE(target.train(labelled_rows("ac", 0, 40)).status == 0);
    REQUIRE(target.train(labelled_rows("ac", 40, 50)).status == 0);
    CHECK(entries_of(target.classifier("")) == 3);
    CHECK(mml::moodle_import(target.model_directory(), site.model_directory(), mml::Config()).status ==
          0);  // a whole model directory
    CHECK(entries_of(target.classifier("")) == 1);
    const std::string rows = unlabelled_rows("ab", 300, 320);
    CHECK(target.predict(rows).json == site.predict(rows).json);
    CHECK(site.train(labelled_rows("ab", 40, 50)).status == 0);
}

TEST_CASE("nothing to import, a damaged file and a busy directory leave the model that is there") {
    const MoodleSite target;
    REQUIRE(target.train(labelled_rows("ab", 0, 40)).status == 0);
    const std::string model = target.bytes_of("model.mml");
    const mml::Answer nothing = mml::moodle_import(target.model_directory(), target.place.file("nowhere"), mml::Config());
    CHECK(nothing.status == 1);
    CHECK(nothing.json.find("nowhere") != std::string::npos);
    target.file("model.mml", model.substr(0, model.size() - 3));
    const mml::Answer damaged = mml::moodle_import(target.model_directory(), target.place.path(), mml::Config());
    CHECK(damaged.status == 1);
    CHECK(damaged.json.find("model.mml") != std::string::npos);
    CHECK(target.bytes_of("model.mml") == model);
    CHECK(mml::exists(target.classifier("samples-1.mml")));
    CHECK(status_of([&] { mml::moodle_import(target.model_directory(), "", mml::Config()); }) == Status::invalid_argument);
    CHECK(status_of([&] { mml::moodle_import("", target.place.path(), mml::Config()); }) == Status::invalid_argument);
    CHECK(status_of([&] { mml::moodle_export(target.model_directory(), "", mml::Config()); }) == Status::invalid_argument);
}

TEST_CASE("exports and imports follow options file_mode and lock_timeout") {
    const MoodleSite site;
    const MoodleSite target;
    REQUIRE(site.train(labelled_rows("ab", 0, 40)).status == 0);
    mml::Config config;
    config.set("file_mode", "0640");
    config.set("lock_timeout", "0");
    const std::string exported = site.place.file("exported");
    CHECK(mml::moodle_export(site.model_directory(), exported, config).status == 0);
    CHECK(mml::moodle_import(target.model_directory(), exported, config).status == 0);
    for (const std::string& path : {exported + "/model.mml", target.classifier("model.mml")}) {
        CHECK(std::filesystem::status(path).permissions() == std::filesystem::perms(0640));
    }
    mml::Supervisor supervisor({});
    const mml::FileLock lock = mml::ModelDirectory(target.model_directory()).lock_for_writing(config, supervisor);
    CHECK(status_of([&] { mml::moodle_import(target.model_directory(), exported, config); }) == Status::busy);
}
