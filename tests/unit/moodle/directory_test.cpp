// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <doctest/doctest.h>
#include <filesystem>
#include <string>
#include <vector>

#include "../status_of.hpp"
#include "../temporary_directory.hpp"
#include "base/file.hpp"
#include "moodle/directory.hpp"

using mml::ModelDirectory;
using mml::Status;
using mml_test::TemporaryDirectory;

namespace {

std::vector<std::string> names_in(const std::string& path) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path)) names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
}

}  // namespace

TEST_CASE("things lie where the layout says") {
    const ModelDirectory directory("some/place//");
    CHECK(directory.path() == "some/place");
    CHECK(directory.model_path() == "some/place/classifier/model.mml");
    CHECK(directory.samples_path(12) == "some/place/classifier/samples-12.mml");
    CHECK(directory.logs_path() == "some/place/logs");
    CHECK(ModelDirectory("/").path() == "/");
    CHECK(mml_test::status_of([] { ModelDirectory(""); }) == Status::invalid_argument);
}

TEST_CASE("a directory holds a model where there is a model file") {
    const TemporaryDirectory place;
    const ModelDirectory directory(place.path());
    CHECK_FALSE(directory.holds_model());
    mml::make_directories(directory.classifier_path(), 0600);
    CHECK_FALSE(directory.holds_model());
    mml::replace_file(directory.model_path(), "", 0600);
    CHECK(directory.holds_model());
}

TEST_CASE("samples of other generations and what a killed writer left are removed, nothing else") {
    const TemporaryDirectory place;
    const ModelDirectory directory(place.path());
    mml::make_directories(directory.classifier_path(), 0600);
    for (const char* name : {"samples-1.mml", "samples-2.mml", "samples-3.mml", "samples-.mml", "samples-x.mml", "model.mml",
                             ".moodleml-77-0.new", "samples.txt", "notes.mml"}) {
        mml::replace_file(directory.classifier_path() + "/" + name, "", 0600);
    }
    directory.remove_samples_except({3, 2});
    CHECK(names_in(directory.classifier_path()) ==
          std::vector<std::string>{"model.mml", "notes.mml", "samples-2.mml", "samples-3.mml", "samples.txt"});
    directory.remove_samples_except({});
    CHECK(names_in(directory.classifier_path()) == std::vector<std::string>{"model.mml", "notes.mml", "samples.txt"});
    mml::remove_tree(directory.classifier_path());
    directory.remove_samples_except({});
}

TEST_CASE("a second writer waits for option lock_timeout and is told that the directory is busy") {
    const TemporaryDirectory place;
    const ModelDirectory directory(place.file("not/there/yet"));
    mml::Config config;
    config.set("lock_timeout", "0.05");
    mml::Supervisor supervisor({});
    {
        const mml::FileLock lock = directory.lock_for_writing(config, supervisor);
        CHECK(mml_test::status_of([&] { directory.lock_for_writing(config, supervisor); }) == Status::busy);
    }
    CHECK(mml_test::status_of([&] { directory.lock_for_writing(config, supervisor); }) == Status::ok);
}
