// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <string>

#include "../status_of.hpp"
#include "../stops_early.hpp"
#include "model/container.hpp"
#include "moodle/kept_samples.hpp"

using mml::Samples;
using mml::Status;

namespace {

Samples some_samples() {
    mml::Dataset dataset;
    dataset.features = mml::SparseRows({0, 0});
    dataset.features.append_dense_row(std::vector<float>{1, 0});
    dataset.features.append_dense_row(std::vector<float>{0, -2});
    dataset.features.append_dense_row(std::vector<float>{1, 0});
    dataset.column_names = {"first, with comma", "zwe\xC3\xAFte"};
    dataset.named = true;
    dataset.target = mml::Target{mml::Task::classification, {"no", "yes"}, {1, 0, 1}, {}};
    return mml::merge_rows(dataset);
}

Status status_of_reading(const std::string& bytes, std::int64_t generation) {
    return mml_test::status_of([&] { mml::samples_from_file_bytes(bytes, generation, "samples.mml"); });
}

}  // namespace

TEST_CASE("samples come back as they were kept") {
    const Samples samples = some_samples();
    const Samples back = mml::samples_from_file_bytes(mml::samples_file_bytes(samples, 7), 7, "samples.mml");
    CHECK(back.column_names == samples.column_names);
    CHECK(back.class_names == samples.class_names);
    CHECK(back.named);
    CHECK(back.task == mml::Task::classification);
    CHECK(back.features.rows() == 2);
    CHECK(back.features.stored_values() == samples.features.stored_values());
    CHECK(back.features.stored_columns() == samples.features.stored_columns());
    REQUIRE(back.observations.size() == 2);
    CHECK(back.observations[0].class_index == 1);
    CHECK(back.observations[0].count == 2);
    CHECK(back.observations[1].class_index == 0);
    CHECK(back.count() == 3);
}

TEST_CASE("a regression's samples come back, and so does that nobody named the columns") {
    Samples samples = some_samples();
    samples.task = mml::Task::regression;
    samples.named = false;
    samples.class_names.clear();
    for (auto& observation : samples.observations) observation = {observation.row, 0, 1, -1, 0.1 + observation.row, 1};
    const Samples back = mml::samples_from_file_bytes(mml::samples_file_bytes(samples, 1), 1, "samples.mml");
    CHECK(back.task == mml::Task::regression);
    CHECK_FALSE(back.named);
    CHECK(back.class_names.empty());
    CHECK(back.observations[1].value == 1.1);
}

TEST_CASE("samples of another generation and damaged ones are refused") {
    const std::string bytes = mml::samples_file_bytes(some_samples(), 7);
    CHECK(status_of_reading(bytes, 7) == Status::ok);
    CHECK(status_of_reading(bytes, 8) == Status::bad_model);
    CHECK(status_of_reading(bytes.substr(0, bytes.size() - 1), 7) == Status::bad_model);
    CHECK(status_of_reading("", 7) == Status::bad_model);
    for (const char* names : {R"(["one too few"])", R"(["one","too","many"])", "[1,2]", "none"}) {
        mml::Container container = mml::container_from_bytes(bytes, "samples", "samples.mml", 1U << 20U);
        container.texts["columns"] = names;
        CHECK(status_of_reading(mml::container_bytes(container, "samples", 6), 7) == Status::bad_model);
    }
}

TEST_CASE("no file is made of samples that could not be read again") {
    Samples nameless = some_samples();
    nameless.column_names.pop_back();
    CHECK(mml_test::message_of([&] {
              mml::samples_file_bytes(nameless, 7);
          }).starts_with("the samples cannot be stored, because they could not be read again: "));
    Samples wrong = some_samples();
    wrong.observations[0].row = 2;
    CHECK(mml_test::status_of([&] { mml::samples_file_bytes(wrong, 7); }) == Status::internal);
}

TEST_CASE("the same samples make the same bytes") {
    CHECK(mml::samples_file_bytes(some_samples(), 7) == mml::samples_file_bytes(some_samples(), 7));
    CHECK(mml::samples_file_bytes(some_samples(), 7) != mml::samples_file_bytes(some_samples(), 8));
}

TEST_CASE("the hash is FNV-1a of 64 bits, by its authors' test vectors") {
    CHECK(mml::content_hash("") == "cbf29ce484222325");
    CHECK(mml::content_hash("a") == "af63dc4c8601ec8c");
    CHECK(mml::content_hash("foobar") == "85944171f73967e8");
}

TEST_CASE("a callback stops the packing of samples") {
    const Samples samples = some_samples();
    CHECK(mml_test::stops_early([&](mml::Supervisor& supervisor) { mml::samples_file_bytes(samples, 7, &supervisor); }));
    mml::Supervisor patient({1, 0, [](const mml::ProgressReport&) { return true; }});
    CHECK(mml::samples_file_bytes(samples, 7, &patient) == mml::samples_file_bytes(samples, 7));
}
