// SPDX-License-Identifier: Apache-2.0
// A model file through the C interface: loaded, described, used and written again. model_file_mutator.cpp makes the files.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "expect.hpp"
#include "moodleml/moodleml.hpp"

using mml_fuzz::expect;

namespace {

// Rows of zeros, of missing cells, of cells that differ, and of the largest there are.
std::vector<float> rows_for(std::int64_t inputs) {
    std::vector<float> cells;
    for (std::int64_t i = 0; i < inputs; ++i) cells.push_back(0);
    for (std::int64_t i = 0; i < inputs; ++i) cells.push_back(std::numeric_limits<float>::quiet_NaN());
    for (std::int64_t i = 0; i < inputs; ++i) cells.push_back(0.25F * static_cast<float>(i % 9 - 4));
    for (std::int64_t i = 0; i < inputs; ++i) cells.push_back(i % 2 == 0 ? 3e38F : -3e38F);
    return cells;
}

void expect_described(const moodleml::Model& model) {
    expect(nlohmann::json::accept(mml_model_json(model.handle())), "a description in JSON");
    for (std::int64_t i = 0; i < model.inputs(); ++i)
        expect(mml_model_input_name(model.handle(), i) != nullptr, "named inputs");
    const bool classes = mml_model_task(model.handle()) == MML_CLASSIFICATION;
    for (std::int64_t i = 0; i < model.outputs(); ++i) {
        expect((mml_model_class_name(model.handle(), i) != nullptr) == classes, "named classes");
    }
}

void expect_numbers(const std::vector<float>& scores, bool are_shares) {
    const float largest = are_shares ? 1 : std::numeric_limits<float>::max();
    const float least = are_shares ? 0 : -largest;
    expect(std::ranges::all_of(scores, [&](float score) { return score >= least && score <= largest; }),
           "probabilities from 0 to 1, finite estimates");
}

void use(const moodleml::Model& model) {
    expect_described(model);
    const std::vector<float> rows = rows_for(model.inputs());
    const std::vector<float> scores = model.predict(moodleml::table(rows, model.inputs()));
    expect_numbers(scores, mml_model_task(model.handle()) == MML_CLASSIFICATION);
    const std::string bytes = model.bytes();
    const moodleml::Model again = moodleml::Model::from_bytes(bytes);
    expect(again.bytes() == bytes, "a model that is written again is the same");
    expect(again.predict(moodleml::table(rows, model.inputs())) == scores, "and predicts the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    try {
        use(moodleml::Model::from_bytes(bytes));
    } catch (const moodleml::Error& error) {
        mml_fuzz::expect_message(error.what());
        expect(error.status() != MML_INTERNAL, error.what());
    }
    return 0;
}
