// SPDX-License-Identifier: Apache-2.0
// Data that hardly hold anything to learn: a sensible model or a clear error, never a crash or NaN.
#include <algorithm>
#include <cmath>
#include <limits>

#include "support.hpp"

using namespace capi_test;

namespace {

constexpr float missing = std::numeric_limits<float>::quiet_NaN();

// What is trained on, in rows of `columns` cells; a class index is also the value of a regression.
struct Samples {
    const char* what;
    std::int64_t columns;
    std::vector<float> cells;
    std::vector<std::int32_t> labels;
};

std::vector<float> repeated(float cell, std::size_t count) { return std::vector<float>(count, cell); }

std::vector<float> rising(std::size_t count) {
    std::vector<float> cells;
    for (std::size_t i = 0; i < count; ++i) cells.push_back(static_cast<float>(i % 13) - 6);
    return cells;
}

// Each holds two classes at least.
const std::vector<Samples> small_sets = {
    {"one sample of each class", 2, {1, 2, 3, 4}, {0, 1}},
    {"two equal rows of different classes", 2, {1, 2, 1, 2}, {0, 1}},
    {"equal rows with conflicting labels", 1, {1, 1, 1, 1, 2, 2, 2, 2}, {0, 1, 0, 1, 0, 1, 0, 1}},
    {"all columns constant", 2, repeated(1, 16), {1, 1, 1, 1, 1, 0, 0, 0}},
    {"all cells empty", 2, repeated(missing, 16), {1, 1, 1, 1, 1, 0, 0, 0}},
    {"all cells 0", 2, repeated(0, 16), {1, 1, 1, 1, 1, 0, 0, 0}},
    {"more columns than rows", 50, rising(200), {0, 1, 0, 1}},
    {"one column", 1, rising(30), {0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0,
                                   1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1}},
    {"huge and tiny cells", 2, {3e38F, 1e-45F, -3e38F, -1e-45F, 1e38F, 0, missing, 3e38F}, {0, 1, 0, 1}},
};

Dataset features_of(const Samples& samples) {
    return dataset_of(samples.cells, static_cast<std::int64_t>(samples.labels.size()), samples.columns);
}

Dataset classes_of(const Samples& samples, std::size_t classes) {
    Dataset dataset = features_of(samples);
    std::vector<const char*> names = {"no", "yes", "perhaps"};
    names.resize(classes);
    set_classes(dataset.get(), samples.labels, names);
    return dataset;
}

Dataset values_of(const Samples& samples) {
    Dataset dataset = features_of(samples);
    set_target(dataset.get(), {samples.labels.begin(), samples.labels.end()});
    return dataset;
}

// Also of rows that are like none that was trained on.
void check_finite(const mml_model* model, const mml_dataset* dataset) {
    for (const float score : predictions(model, dataset)) CHECK(std::isfinite(score));
    const auto columns = mml_model_inputs(model);
    for (const float cell : {missing, 0.0F, 7.5F, -3e38F, 3e38F}) {
        const auto other = dataset_of(repeated(cell, static_cast<std::size_t>(columns)), 1, columns);
        double sum = 0;
        for (const float score : predictions(model, other.get())) {
            CHECK(std::isfinite(score));
            sum += static_cast<double>(score);
        }
        if (mml_model_task(model) == MML_CLASSIFICATION) CHECK(sum == doctest::Approx(1).epsilon(1e-5));
    }
}

mml_status train(const mml_dataset* dataset) {
    mml_model* out = nullptr;
    const mml_status status = mml_train(&out, dataset, quick_config().get(), nullptr, nullptr, nullptr);
    CHECK((out != nullptr) == (status == MML_OK));
    mml_model_free(out);
    return status;
}

std::vector<float> probabilities(const Samples& samples, std::size_t classes) {
    const auto dataset = classes_of(samples, classes);
    const Model model = trained(dataset.get(), quick_config().get());
    return predictions(model.get(), dataset.get());
}

void check_classes(const Samples& samples, std::size_t classes) {
    INFO(samples.what);
    const auto dataset = classes_of(samples, classes);
    const Model model = trained(dataset.get(), quick_config().get());
    CHECK(mml_model_outputs(model.get()) == static_cast<std::int64_t>(classes));
    check_finite(model.get(), dataset.get());
}

// The same rows with classes 0, 1, 2, 0, 1, ...
Samples with_three_classes(Samples samples) {
    for (std::size_t row = 0; row < samples.labels.size(); ++row) samples.labels[row] = static_cast<std::int32_t>(row % 3);
    return samples;
}

}  // namespace

TEST_CASE("small sets of two classes give a model with finite scores") {
    for (const Samples& samples : small_sets) check_classes(samples, 2);
}

TEST_CASE("small sets of three classes give a model with finite scores") {
    for (const Samples& samples : small_sets) {
        if (samples.labels.size() >= 3) check_classes(with_three_classes(samples), 3);
    }
    check_classes({"one sample of each class", 1, {1, 2, 3}, {0, 1, 2}}, 3);
    check_classes({"three equal rows of different classes", 1, {5, 5, 5}, {0, 1, 2}}, 3);
}

TEST_CASE("small sets of values give a model with finite estimates") {
    for (const Samples& samples : small_sets) {
        INFO(samples.what);
        const auto dataset = values_of(samples);
        const Model model = trained(dataset.get(), quick_config().get());
        check_finite(model.get(), dataset.get());
    }
}

TEST_CASE("no row is not enough data") {
    const Samples none = {"no row", 2, {}, {}};
    for (const std::size_t classes : {2U, 3U}) {
        CHECK(train(classes_of(none, classes).get()) == MML_NOT_ENOUGH_DATA);
        check_message("sample");
    }
    CHECK(train(values_of(none).get()) == MML_NOT_ENOUGH_DATA);
    mml_report* report = nullptr;
    CHECK(mml_cross_validate(&report, values_of(none).get(), nullptr, nullptr, nullptr) == MML_NOT_ENOUGH_DATA);
    CHECK(report == nullptr);
}

TEST_CASE("samples that all weigh 0 are no samples") {
    const auto dataset = classes_of(small_sets[0], 2);
    const std::vector<float> weights = {0, 0};
    const mml_array array = column(weights);
    succeed(mml_dataset_set_weights(dataset.get(), &array));
    CHECK(train(dataset.get()) == MML_NOT_ENOUGH_DATA);
}

TEST_CASE("a class without a sample is not enough data") {
    for (const std::size_t classes : {2U, 3U}) {
        CHECK(train(classes_of({"one row", 2, {1, 2}, {1}}, classes).get()) == MML_NOT_ENOUGH_DATA);
        check_message("\"no\"");
        CHECK(train(classes_of({"two equal rows", 1, {1, 1}, {0, 0}}, classes).get()) == MML_NOT_ENOUGH_DATA);
        check_message("\"yes\"");
    }
}

TEST_CASE("a single class is not enough data") {
    const auto dataset = dataset_of({1, 2, 3}, 3, 1);
    set_classes(dataset.get(), {0, 0, 0}, {"only"});
    CHECK(train(dataset.get()) == MML_NOT_ENOUGH_DATA);
    check_message("class");
}

TEST_CASE("one row, two equal rows and one value are estimated as that value") {
    for (const Samples& samples : {Samples{"one row", 2, {1, 2}, {3}}, Samples{"equal rows", 2, {1, 2, 1, 2}, {3, 3}},
                                   Samples{"one value", 1, {1, 2, 3, 4, 5, 6}, {3, 3, 3, 3, 3, 3}}}) {
        INFO(samples.what);
        const auto dataset = values_of(samples);
        const Model model = trained(dataset.get(), quick_config().get());
        for (const float estimate : predictions(model.get(), dataset.get())) CHECK(estimate == doctest::Approx(3));
        check_finite(model.get(), dataset.get());
    }
}

TEST_CASE("where features tell nothing, scores follow the classes' shares") {
    for (const float cell : {1.0F, 0.0F, missing}) {
        const std::vector<float> scores = probabilities({"constant", 1, repeated(cell, 8), {1, 1, 1, 1, 1, 0, 0, 0}}, 2);
        CHECK(scores[1] > 0.5F);  // five of eight
        CHECK(scores[1] < 0.75F);
    }
    const std::vector<float> undecided =
        probabilities({"conflicting", 1, repeated(2, 40),
                       std::vector<std::int32_t>{0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1,
                                                 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1}},
                      2);
    CHECK(undecided[0] == doctest::Approx(0.5).epsilon(0.05));
}

TEST_CASE("cross-validation of too few samples is refused, not failed") {
    for (const Samples& samples : {small_sets[0], Samples{"one row", 1, {1}, {0}}}) {
        INFO(samples.what);
        mml_report* report = nullptr;
        CHECK(mml_cross_validate(&report, classes_of(samples, 2).get(), quick_config().get(), nullptr, nullptr) ==
              MML_NOT_ENOUGH_DATA);
        CHECK(report == nullptr);
    }
}
