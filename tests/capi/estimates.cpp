// SPDX-License-Identifier: Apache-2.0
// Predictions and ratings under option memory_limit, and scores as double.
#include <algorithm>
#include <cmath>
#include <tuple>

#include "support.hpp"

using namespace capi_test;

TEST_CASE("the memory limit holds for predictions") {
    const Model model = trained(classes_to_learn(60, 2, 2).get(), quick_config().get());
    std::vector<float> cells(800000);
    for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = static_cast<float>(i % 1000);
    const mml_array array = table(cells, 400000, 2);
    std::vector<float> scores(800000);
    const Config config = config_of({{"memory_limit", "1"}});
    CHECK(mml_predict_array(model.get(), &array, config.get(), scores.data(), scores.size()) == MML_LIMIT);
    check_message("memory_limit");
    succeed(mml_config_set(config.get(), "memory_limit", "100"));
    CHECK(mml_predict_array(model.get(), &array, config.get(), scores.data(), scores.size()) == MML_OK);
}

TEST_CASE("the memory limit counts a data set wherever a call reads it") {
    const Model model = trained(classes_to_learn(60, 40, 2).get(), quick_config().get());
    std::vector<float> cells(400000);
    for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = static_cast<float>(i % 1000);
    const mml_array array = table(cells, 10000, 40);
    const auto dataset = made<Dataset>([&](mml_dataset** out) { return mml_dataset_from_array(out, &array); });
    std::vector<double> contributions(820000);
    const auto ignore = [](const char*, std::size_t, void*) { return 0; };
    // The table takes less than 5 MB, the contributions 6.6.
    for (const auto& [allowed, drift, explained] :
         {std::tuple("1", MML_LIMIT, MML_LIMIT), {"5", MML_OK, MML_LIMIT}, {"20", MML_OK, MML_OK}}) {
        const char* const megabytes = allowed;  // Clang 14 lets no lambda, such as CAPTURE's, refer to a binding
        CAPTURE(megabytes);
        const Config config = config_of({{"memory_limit", megabytes}});
        CHECK(mml_model_drift(model.get(), dataset.get(), config.get(), ignore, nullptr) == drift);
        CHECK(mml_explain(model.get(), dataset.get(), config.get(), nullptr, nullptr, contributions.data(),
                          contributions.size()) == explained);
    }
}

TEST_CASE("the memory limit holds for evaluations") {
    const auto dataset = classes_to_learn(40000, 2, 3);
    const Model model = trained(classes_to_learn(300, 2, 3).get(), quick_config().get());
    mml_report* report = nullptr;
    const Config config = config_of({{"memory_limit", "1"}});
    CHECK(mml_evaluate(&report, model.get(), dataset.get(), config.get(), nullptr, nullptr) == MML_LIMIT);
    check_message("option memory_limit allows 1");
    CHECK(report == nullptr);
}

TEST_CASE("scores as double are those as float, and keep what a float cannot hold") {
    const auto classes = classes_to_learn(60, 2, 2);
    const Model classifier = trained(classes.get(), quick_config().get());
    std::vector<double> probabilities(120);
    succeed(mml_predict_double(classifier.get(), classes.get(), nullptr, probabilities.data(), probabilities.size()));
    const std::vector<float> expected = predictions(classifier.get(), classes.get());
    CHECK(std::ranges::equal(probabilities, expected, [](double a, float b) { return static_cast<float>(a) == b; }));
    const auto dates = values_to_learn(200, 2);
    std::vector<double> target = target_of(dates.get());
    for (double& value : target) value += 1.7e9;
    const mml_array values{target.data(), 200, 1, 1, 1, MML_FLOAT64, 0};
    succeed(mml_dataset_set_target(dates.get(), &values));
    const Model model = trained(dates.get(), quick_config().get());
    std::vector<double> estimates(200);
    succeed(mml_predict_double(model.get(), dates.get(), nullptr, estimates.data(), estimates.size()));
    double error = 0;
    for (std::size_t row = 0; row < 200; ++row) error = std::max(error, std::abs(estimates[row] - target[row]));
    CHECK(error < 1);
    CHECK(mml_predict_double(model.get(), dates.get(), nullptr, estimates.data(), 199) == MML_BUFFER_TOO_SMALL);
}
