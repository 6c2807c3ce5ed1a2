// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "base/index.hpp"
#include "capi/arrays.hpp"
#include "capi/guard.hpp"
#include "capi/handles.hpp"
#include "capi/tables.hpp"
#include "config/memory_limit.hpp"

using namespace mml;
using namespace mml::capi;

namespace {

struct Limits {
    int threads = 1;
    MemoryLimit memory = MemoryLimit();
};

Limits limits_of(const mml_config* config) {
    if (config == nullptr) return {};
    return {config->values.threads(), MemoryLimit(config->values)};
}

// Scores come to the caller's buffer all at once, so that a call that fails half way leaves it as it was.
template <typename Number>
void predict(const Model& model, const Dataset& dataset, Limits limits, Number* scores) {
    limits.memory.require(model.prediction_bytes(dataset, sizeof(Number)), "predicting", "or give fewer rows at a time");
    std::vector<Number> made(as_size(dataset.rows() * model.outputs()));
    model.predict(dataset, limits.threads, std::span(made));
    std::ranges::copy(made, scores);
}

void check_probabilities(std::span<const float> row, std::size_t number) {
    const auto is_none = [](float share) { return !(share >= 0 && std::isfinite(share)); };
    if (std::ranges::any_of(row, is_none) || std::ranges::all_of(row, [](float share) { return share == 0; })) {
        fail(Status::invalid_argument,
             concat("row ", number, " of scores holds no probabilities: give what mml_predict() wrote"));
    }
}

struct Decided {
    std::vector<std::int32_t> classes;
    std::vector<float> strengths;
};

Decided decide(const Model& model, std::span<const float> scores, std::size_t rows) {
    const auto width = as_size(model.outputs());
    Decided decided;
    std::vector<float> strengths(width);
    for (std::size_t i = 0; i < rows; ++i) {
        const std::span<const float> row = scores.subspan(i * width, width);
        check_probabilities(row, i);
        decided.classes.push_back(model.decision().decide(row));
        model.decision().write_strengths(row, strengths);
        decided.strengths.push_back(item(strengths, decided.classes.back()));
    }
    return decided;
}

template <typename Number>
mml_status predict_dataset(const mml_model* model, const mml_dataset* dataset, const mml_config* config, Number* scores,
                           size_t capacity) {
    return guarded([&] {
        const Model& predictor = *given(model, "model").model;
        const Dataset& data = given(dataset, "dataset").data;
        check_capacity(scores, "scores", as_size(data.rows() * predictor.outputs()), capacity);
        predict(predictor, data, limits_of(config), scores);
    });
}

template <typename Number>
mml_status predict_array(const mml_model* model, const mml_array* values, const mml_config* config, Number* scores,
                         size_t capacity) {
    return guarded([&] {
        const Model& predictor = *given(model, "model").model;
        const std::int64_t rows = ArrayView(values, "values").rows();
        check_capacity(scores, "scores", as_size(rows * predictor.outputs()), capacity);
        const Limits limits = limits_of(config);
        predict(predictor, dataset_from_array(values, limits.memory), limits, scores);
    });
}

}  // namespace

mml_status mml_predict(const mml_model* model, const mml_dataset* dataset, const mml_config* config, float* scores,
                       size_t capacity) {
    return predict_dataset(model, dataset, config, scores, capacity);
}

mml_status mml_predict_array(const mml_model* model, const mml_array* values, const mml_config* config, float* scores,
                             size_t capacity) {
    return predict_array(model, values, config, scores, capacity);
}

mml_status mml_predict_double(const mml_model* model, const mml_dataset* dataset, const mml_config* config, double* scores,
                              size_t capacity) {
    return predict_dataset(model, dataset, config, scores, capacity);
}

mml_status mml_predict_array_double(const mml_model* model, const mml_array* values, const mml_config* config,
                                    double* scores, size_t capacity) {
    return predict_array(model, values, config, scores, capacity);
}

mml_status mml_decide(const mml_model* model, const float* scores, int64_t rows, int32_t* classes, float* strengths,
                      size_t capacity) {
    return guarded([&] {
        const Model& decider = classifier(model);
        if (rows < 0) fail(Status::invalid_argument, concat("rows is ", rows, ": give 0 or more"));
        const auto count = as_size(rows);
        check_capacity(classes, "classes", count, capacity);
        if (count > 0) given(scores, "scores");
        const Decided decided = decide(decider, {scores, count * as_size(decider.outputs())}, count);
        std::ranges::copy(decided.classes, classes);
        if (strengths != nullptr) std::ranges::copy(decided.strengths, strengths);
    });
}
