// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include "base/index.hpp"
#include "capi/guard.hpp"
#include "capi/handles.hpp"
#include "capi/progress.hpp"
#include "config/memory_limit.hpp"

using namespace mml;
using namespace mml::capi;

mml_status mml_explain(const mml_model* model, const mml_dataset* dataset, const mml_config* config,
                       mml_progress_fn progress, void* user, double* contributions, size_t capacity) {
    return guarded([&] {
        const Model& explainer = *given(model, "model").model;
        const Dataset& data = given(dataset, "dataset").data;
        const std::int64_t count = data.rows() * explainer.outputs() * (explainer.inputs() + 1);
        check_capacity(contributions, "contributions", as_size(count), capacity);
        Config options = config_or_defaults(config);
        if (config == nullptr) options.set("threads", "1");
        const std::int64_t width = explainer.inputs() + 1;
        MemoryLimit(options).require(explainer.prediction_bytes(data, width * std::int64_t{sizeof(double)}), "explaining",
                                     "or give fewer rows at a time");
        std::vector<double> made(as_size(count));
        Supervisor supervisor(supervision(options, progress, user));
        explainer.explain(data, supervisor, made);
        finish(supervisor);
        std::ranges::copy(made, contributions);
    });
}
