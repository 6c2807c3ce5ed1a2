// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "support.hpp"

using namespace capi_test;

namespace {

std::vector<double> explained(const mml_model* model, const mml_dataset* dataset, const mml_config* config = nullptr) {
    const auto width = static_cast<std::size_t>(mml_model_outputs(model) * (mml_model_inputs(model) + 1));
    std::vector<double> contributions(static_cast<std::size_t>(mml_dataset_rows(dataset)) * width);
    succeed(mml_explain(model, dataset, config, nullptr, nullptr, contributions.data(), contributions.size()));
    return contributions;
}

// The numbers of each answer of each row add up to it.
void check_sums(const mml_model* model, const mml_dataset* dataset) {
    const std::vector<double> contributions = explained(model, dataset);
    const std::vector<float> scores = predictions(model, dataset);
    const auto width = static_cast<std::size_t>(mml_model_inputs(model)) + 1;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        double sum = 0;
        for (std::size_t j = 0; j < width; ++j) sum += contributions[i * width + j];
        const double answer = mml_model_task(model) == MML_REGRESSION ? sum : 1 / (1 + std::exp(-sum));
        CHECK(std::abs(answer - static_cast<double>(scores[i])) < 1e-4);
    }
}

int32_t stop_at_once(const mml_progress*, void*) { return 1; }

}  // namespace

TEST_CASE("contributions and base add up to the answers of every task, also after going on from another model") {
    const Dataset datasets[] = {classes_to_learn(300, 3, 2), classes_to_learn(300, 3, 3), values_to_learn(300, 3)};
    const Config config = config_of({{"networks", "2"}, {"epochs", "20"}, {"trees", "20"}, {"pilot_margin", "0"}});
    for (const Dataset& dataset : datasets) {
        const Model model = trained(dataset.get(), config.get());
        check_sums(model.get(), dataset.get());
        const auto next = made<Model>(
            [&](mml_model** out) { return mml_train(out, dataset.get(), config.get(), model.get(), nullptr, nullptr); });
        check_sums(next.get(), dataset.get());
        CHECK(explained(next.get(), dataset.get()) != explained(model.get(), dataset.get()));
        const std::string bytes = model_bytes(next.get());
        const auto read =
            made<Model>([&](mml_model** out) { return mml_model_load_bytes(out, bytes.data(), bytes.size()); });
        CHECK(explained(read.get(), dataset.get()) == explained(next.get(), dataset.get()));
    }
}

TEST_CASE("explanations do not depend on threads or other rows") {
    const auto dataset = classes_to_learn(300, 3, 3);
    const Model model = trained(dataset.get(), quick_config().get());
    const std::vector<double> alone = explained(model.get(), dataset.get());
    CHECK(explained(model.get(), dataset.get(), config_of({{"threads", "3"}}).get()) == alone);
    const std::int64_t last[] = {299};
    const auto row = made<Dataset>([&](mml_dataset** out) { return mml_dataset_select(out, dataset.get(), last, 1); });
    CHECK(explained(model.get(), row.get()) == std::vector<double>(alone.end() - 12, alone.end()));
}

TEST_CASE("a column that tells the class contributes most, and one of noise little") {
    const auto dataset = classes_to_learn(600, 3, 2);
    const Model model = trained(dataset.get(), quick_config().get());
    const std::vector<double> contributions = explained(model.get(), dataset.get());
    double sizes[3] = {};
    for (std::size_t i = 0; i < contributions.size(); i += 4) {
        for (std::size_t column = 0; column < 3; ++column) sizes[column] += std::abs(contributions[i + column]);
    }
    CHECK(sizes[0] > 5 * sizes[2]);
}

TEST_CASE("what cannot be explained is refused, and the buffer stays as it was") {
    const auto dataset = classes_to_learn(100, 2, 2);
    const Model model = trained(dataset.get(), quick_config().get());
    std::vector<double> buffer(600, 7);
    CHECK(mml_explain(model.get(), dataset.get(), nullptr, nullptr, nullptr, buffer.data(), 599) == MML_BUFFER_TOO_SMALL);
    check_message("600");
    CHECK(mml_explain(model.get(), dataset.get(), nullptr, stop_at_once, nullptr, buffer.data(), 600) == MML_CANCELLED);
    const auto narrow = dataset_of({1, 2}, 2, 1);
    CHECK(mml_explain(model.get(), narrow.get(), nullptr, nullptr, nullptr, buffer.data(), 600) == MML_MISMATCH);
    const auto limited = config_of({{"memory_limit", "1"}});
    const auto many = dataset_of(std::vector<float>(60000), 30000, 2);
    std::vector<double> large(180000);
    CHECK(mml_explain(model.get(), many.get(), limited.get(), nullptr, nullptr, large.data(), large.size()) == MML_LIMIT);
    for (const double number : buffer) CHECK(number == 7);
    const auto none = dataset_of({}, 0, 2);
    CHECK(mml_explain(model.get(), none.get(), nullptr, nullptr, nullptr, nullptr, 0) == MML_OK);
}
