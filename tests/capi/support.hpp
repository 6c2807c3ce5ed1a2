// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <doctest/doctest.h>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "moodleml/moodleml.h"

namespace capi_test {

template <auto Free>
struct Release {
    void operator()(auto* handle) const { Free(handle); }
};
using Config = std::unique_ptr<mml_config, Release<mml_config_free>>;
using Dataset = std::unique_ptr<mml_dataset, Release<mml_dataset_free>>;
using Model = std::unique_ptr<mml_model, Release<mml_model_free>>;
using Report = std::unique_ptr<mml_report, Release<mml_report_free>>;
using Predictor = std::unique_ptr<mml_predictor, Release<mml_predictor_free>>;
using Answer = std::unique_ptr<mml_answer, Release<mml_answer_free>>;

/// Ends the test where a call failed.
inline void succeed(mml_status status) {
    const std::string message = mml_last_error();
    REQUIRE_MESSAGE(status == MML_OK, mml_status_name(status), ": ", message);
}

/// The handle that a call writes: made<Model>([&](mml_model** out) { return mml_model_load(out, path); }).
template <typename Handle, typename Call>
Handle made(Call call) {
    typename Handle::pointer handle = nullptr;
    succeed(call(&handle));
    REQUIRE(handle != nullptr);
    return Handle(handle);
}

/// Whether the message of the last failing call holds a text; shows the message where not.
inline void check_message(const std::string& part) {
    const std::string message = mml_last_error();
    CHECK_MESSAGE(message.find(part) != std::string::npos, "the message is: ", message);
    CHECK(message.find('\n') == std::string::npos);
}

template <typename T>
constexpr mml_data_type data_type() {
    if constexpr (std::is_same_v<T, float>) return MML_FLOAT32;
    if constexpr (std::is_same_v<T, double>) return MML_FLOAT64;
    if constexpr (std::is_same_v<T, std::int32_t>) return MML_INT32;
    if constexpr (std::is_same_v<T, std::int64_t>) return MML_INT64;
}

/// rows x columns of a C array.
template <typename T>
mml_array table(const std::vector<T>& cells, std::int64_t rows, std::int64_t columns) {
    return {cells.data(), rows, columns, columns, 1, data_type<T>(), 0};
}

template <typename T>
mml_array column(const std::vector<T>& cells) {
    return table(cells, static_cast<std::int64_t>(cells.size()), 1);
}

Config config_of(const std::vector<std::array<const char*, 2>>& options);

/// Small learners, for tests of everything but quality.
Config quick_config();

Dataset dataset_of(const std::vector<float>& cells, std::int64_t rows, std::int64_t columns);
void set_classes(mml_dataset* dataset, const std::vector<std::int32_t>& indices, const std::vector<const char*>& names);
void set_target(mml_dataset* dataset, const std::vector<double>& values);

/// Samples with `columns` features, whose class (or value) follows from the first two; the same for the same arguments.
Dataset classes_to_learn(std::int64_t rows, std::int64_t columns, int classes);
Dataset values_to_learn(std::int64_t rows, std::int64_t columns);

Model trained(const mml_dataset* dataset, const mml_config* config);
std::vector<float> predictions(const mml_model* model, const mml_dataset* dataset);
std::string model_bytes(const mml_model* model);
std::vector<double> target_of(const mml_dataset* dataset);

/// A directory of its own that goes with the object.
class TemporaryDirectory {
public:
    TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    ~TemporaryDirectory();
    std::string operator/(const std::string& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

void write_text(const std::string& path, const std::string& text);

/// A labelled file as Moodle writes it, of two classes that the first feature tells apart; unlabelled: with ids instead of
/// the target.
std::string moodle_file(std::int64_t rows, bool labelled);

}  // namespace capi_test
