// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include "capi/arrays.hpp"
#include "capi/guard.hpp"
#include "capi/handles.hpp"
#include "capi/tables.hpp"

using namespace mml;
using namespace mml::capi;

namespace {

struct Limits {
    int threads = 1;
    std::int64_t megabytes = 0;
};

Limits limits_of(const mml_config* config) {
    if (config == nullptr) return {};
    return {config->values.threads(), config->values.integer(OptionId::memory_limit)};
}

// Scores come to the caller's buffer all at once, so that a call that fails half way leaves it as it was.
void predict(const Model& model, const Dataset& dataset, Limits limits, float* scores) {
    const std::int64_t count = dataset.rows() * model.outputs();
    check_memory(count * static_cast<std::int64_t>(sizeof(float)), limits.megabytes);
    std::vector<float> made(static_cast<std::size_t>(count));
    model.predict(dataset, limits.threads, made);
    std::ranges::copy(made, scores);
}

}  // namespace

mml_status mml_predict(const mml_model* model, const mml_dataset* dataset, const mml_config* config, float* scores,
                       size_t capacity) {
    return guarded([&] {
        const Model& predictor = *given(model, "model").model;
        const Dataset& data = given(dataset, "dataset").data;
        check_capacity(scores, "scores", static_cast<std::size_t>(data.rows() * predictor.outputs()), capacity);
        predict(predictor, data, limits_of(config), scores);
    });
}

mml_status mml_predict_array(const mml_model* model, const mml_array* values, const mml_config* config, float* scores,
                             size_t capacity) {
    return guarded([&] {
        const Model& predictor = *given(model, "model").model;
        const std::int64_t rows = ArrayView(values, "values").rows();
        check_capacity(scores, "scores", static_cast<std::size_t>(rows * predictor.outputs()), capacity);
        const Limits limits = limits_of(config);
        predict(predictor, dataset_from_array(values, limits.megabytes), limits, scores);
    });
}
