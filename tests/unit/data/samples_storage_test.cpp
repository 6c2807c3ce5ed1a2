// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <functional>
#include <limits>

#include "../../mentions.hpp"
#include "../status_of.hpp"
#include "data/samples.hpp"
#include "made_data.hpp"

using mml::Observation;
using mml::Samples;
using mml::Status;
using mml::Tensors;
using mml_test::mentions;
using mml_test::missing;

namespace {

Samples classes() { return mml::merge_rows(mml_test::labelled({{1, 0}, {0, missing}, {1, 0}, {0, 0}}, {1, 0, 0, 1}, 3)); }

// The message with which samples are refused after one of their tensors has been changed.
template <typename T>
std::string refusal(const std::string& name, const std::function<void(std::vector<T>&)>& change) {
    Tensors tensors;
    store_samples(classes(), tensors);
    std::vector<T> values = tensors.get<T>(name, {-1});
    change(values);
    tensors.put(name, std::move(values));
    CHECK(mml_test::status_of([&] { mml::load_samples(tensors); }) == Status::bad_model);
    return mml_test::message_of([&] { mml::load_samples(tensors); });
}

template <typename T>
std::string refusal_of_first(const std::string& name, T value) {
    return refusal<T>(name, [&](std::vector<T>& values) { values.at(0) = value; });
}

}  // namespace

TEST_CASE("samples come back as they were stored") {
    for (const Samples& samples : {classes(), mml::merge_rows(mml_test::with_values({{1}, {2}, {1}}, {0.1, -3, 0.1})),
                                   mml::merge_rows(mml_test::labelled({}, {}))}) {
        Tensors tensors;
        store_samples(samples, tensors);
        const Samples loaded = mml::load_samples(tensors);
        CHECK(loaded.task == samples.task);
        CHECK(loaded.class_names == std::vector<std::string>(samples.class_names.size()));
        CHECK(loaded.column_names == std::vector<std::string>(samples.column_names.size()));
        REQUIRE(loaded.features.rows() == samples.features.rows());
        CHECK(loaded.features.stored() == samples.features.stored());
        for (std::int64_t row = 0; row < loaded.features.rows(); ++row) {
            CHECK(mml_test::has_cells(loaded.features, row, mml_test::cells_of(samples.features, row)));
        }
        REQUIRE(loaded.observations.size() == samples.observations.size());
        for (std::size_t i = 0; i < loaded.observations.size(); ++i) {
            const Observation& a = loaded.observations[i];
            const Observation& b = samples.observations[i];
            CHECK(std::tuple(a.row, a.class_index, a.count, a.value, a.weight) ==
                  std::tuple(b.row, b.class_index, b.count, b.value, b.weight));
        }
    }
}

TEST_CASE("an absent tensor is told by name") {
    CHECK(mml_test::message_of([] { mml::load_samples({}); }).find("\"samples.classes\" is missing") != std::string::npos);
}

TEST_CASE("rows that are no rows are refused") {
    // Stored: (0: 1), (1: missing), ().
    const std::string rows = "damaged samples: the rows do not cover the cells";
    CHECK(refusal_of_first<std::int64_t>("samples.starts", 1) == rows);
    CHECK(refusal<std::int64_t>("samples.starts", [](auto& starts) { starts.clear(); }) == rows);
    CHECK(refusal<std::int64_t>("samples.starts", [](auto& starts) { starts.back() = 1; }) == rows);
    const std::string rise = "damaged samples: the rows' starts do not rise";
    CHECK(refusal<std::int64_t>("samples.starts", [](auto& starts) { starts[1] = 3; }) == rise);
    CHECK(refusal<std::int64_t>("samples.starts", [](auto& starts) { starts[1] = -1; }) == rise);
    CHECK(refusal<std::int64_t>("samples.starts", [](auto& starts) { starts[1] = 1LL << 60U; }) == rise);
    const std::string columns = "damaged samples: a row's columns do not rise or are out of range";
    CHECK(refusal_of_first<std::int32_t>("samples.columns", -1) == columns);
    CHECK(refusal_of_first<std::int32_t>("samples.columns", 2) == columns);
    CHECK(refusal<float>("samples.values", [](auto& values) { values.pop_back(); }).find("another shape") !=
          std::string::npos);
}

TEST_CASE("columns of one row must rise") {
    Tensors tensors;
    store_samples(mml::merge_rows(mml_test::labelled({{1, 2}}, {0})), tensors);
    for (const std::vector<std::int32_t>& columns : {std::vector<std::int32_t>{1, 0}, {0, 0}}) {
        tensors.put("samples.columns", columns);
        CHECK(mml_test::message_of([&] { mml::load_samples(tensors); }) == mentions("rise", "range"));
    }
}

TEST_CASE("cells that no samples have are refused") {
    const float infinity = std::numeric_limits<float>::infinity();
    CHECK(refusal_of_first<float>("samples.values", infinity) == mentions("cell", "infinite"));
    CHECK(refusal_of_first<float>("samples.background", -infinity) == mentions("cell", "infinite"));
    CHECK(refusal_of_first<float>("samples.values", -0.0F) == mentions("equals", "background"));
}

TEST_CASE("observations that no samples have are refused") {
    const std::string row = "damaged samples: a row number is out of range";
    CHECK(refusal_of_first<std::int32_t>("samples.observation.row", -1) == row);
    CHECK(refusal_of_first<std::int32_t>("samples.observation.row", 3) == row);
    const std::string class_index = "damaged samples: a class is out of range";
    CHECK(refusal_of_first<std::int32_t>("samples.observation.class", -1) == class_index);
    CHECK(refusal_of_first<std::int32_t>("samples.observation.class", 3) == class_index);
    CHECK(refusal_of_first<std::int32_t>("samples.observation.count", 0) == mentions("count", "positive"));
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();
    for (const double weight : {0.0, -1.0, nan, infinity}) {
        CHECK(refusal_of_first<double>("samples.observation.weight", weight) == mentions("weight", "positive"));
    }
    CHECK(refusal_of_first<double>("samples.observation.value", nan) == mentions("samples", "value", "finite"));
    CHECK(refusal_of_first<std::int32_t>("samples.observation.row", 2) == mentions("observations", "order"));
    CHECK(refusal_of_first<std::int32_t>("samples.observation.class", 1) == mentions("observations", "order"));
    CHECK(refusal<std::int32_t>("samples.observation.count", [](auto& counts) {
              for (auto& count : counts) count = std::numeric_limits<std::int32_t>::max();
          }) == mentions("samples", "many"));
    for (const std::int32_t count : {-1, std::numeric_limits<std::int32_t>::max()}) {
        CHECK(refusal_of_first<std::int32_t>("samples.classes", count) == mentions("classes", "range"));
    }
    CHECK(refusal_of_first<std::int32_t>("samples.classes", 1) == class_index);
    CHECK(refusal_of_first<std::int32_t>("samples.classes", 0) == class_index);
}
