// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/index.hpp"
#include "capi/guard.hpp"
#include "capi/handles.hpp"
#include "capi/pieces.hpp"
#include "capi/progress.hpp"
#include "config/memory_limit.hpp"
#include "data/ranked_dataset.hpp"
#include "data/samples.hpp"
#include "evaluation/card.hpp"
#include "evaluation/kept_report.hpp"
#include "model/drift.hpp"
#include "model/model_file.hpp"
#include "model/original/original_model.hpp"
#include "model/train_model.hpp"

using namespace mml;
using namespace mml::capi;

namespace {

constexpr unsigned model_file_mode = 0600;

std::unique_ptr<mml_model> model_handle(std::shared_ptr<const Model> model) {
    std::string json = model->description().dump();
    return std::make_unique<mml_model>(mml_model{std::move(model), std::move(json)});
}

Samples samples_of(const Dataset& data, const Config& options) {
    const Ranks& ranks = options.ranks();
    const bool with_groups = options.keeps_groups_whole();
    return ranks.several() ? merge_rows(ranked_dataset(data, options), with_groups, ranks) : merge_rows(data, with_groups);
}

// A model that `read`, given a Loading, reads under the caller's options.
template <typename Read>
void load(mml_model** out, const mml_config* config, mml_progress_fn progress, void* user, Read read) {
    const Config options = config_or_defaults(config);
    Supervisor supervisor(supervision(options, progress, user));
    supervisor.enter(Phase::reading);
    std::shared_ptr<const Model> model = read(Loading(options, supervisor));
    finish(supervisor);
    hand_over(out, model_handle(std::move(model)));
}

std::shared_ptr<const Model> model_of(const mml_model* handle) { return handle == nullptr ? nullptr : handle->model; }

}  // namespace

mml_status mml_train(mml_model** out, const mml_dataset* dataset, const mml_config* config, const mml_model* start,
                     mml_progress_fn progress, void* user) {
    return guarded([&] {
        const Config options = config_or_defaults(config);
        std::unique_ptr<mml_model> model;
        options.ranks().together([&] {
            given(out, "out");
            Supervisor supervisor(supervision(options, progress, user));
            Training training =
                train_model(samples_of(labelled(dataset), options), options, model_of(start), Progress(supervisor));
            finish(supervisor);
            model = model_handle(std::move(training.model));
        });
        hand_over(out, std::move(model));
    });
}

mml_status mml_model_save(const mml_model* model, const char* path) {
    return guarded([&] { save_model(*given(model, "model").model, given_text(path, "path"), model_file_mode); });
}

mml_status mml_model_write(const mml_model* model, mml_write_fn write, void* user) {
    return guarded([&] {
        const Model& source = *given(model, "model").model;
        given(write, "write");
        hand_pieces(model_bytes(source), write, user, "the model's bytes");
    });
}

mml_status mml_model_load(mml_model** out, const char* path) {
    return mml_model_load_with(out, path, nullptr, nullptr, nullptr);
}

mml_status mml_model_load_with(mml_model** out, const char* path, const mml_config* config, mml_progress_fn progress,
                               void* user) {
    return guarded([&] {
        given(out, "out");
        const std::string from = given_text(path, "path");
        load(out, config, progress, user, [&](const Loading& loading) {
            return holds_original_model(from) ? load_original_model(from, loading) : load_model(from, nullptr, loading);
        });
    });
}

mml_status mml_model_load_bytes(mml_model** out, const void* bytes, size_t size) {
    return mml_model_load_bytes_with(out, bytes, size, nullptr, nullptr, nullptr);
}

mml_status mml_model_load_bytes_with(mml_model** out, const void* bytes, size_t size, const mml_config* config,
                                     mml_progress_fn progress, void* user) {
    return guarded([&] {
        given(out, "out");
        const char* text = given_text(static_cast<const char*>(bytes), "bytes");
        load(out, config, progress, user, [&](const Loading& loading) {
            return model_from_bytes({text, size}, "the model", nullptr, loading);
        });
    });
}

mml_task mml_model_task(const mml_model* model) {
    return model == nullptr ? 0 : static_cast<mml_task>(model->model->task());
}

int64_t mml_model_inputs(const mml_model* model) { return model == nullptr ? 0 : model->model->inputs(); }

int64_t mml_model_outputs(const mml_model* model) { return model == nullptr ? 0 : model->model->outputs(); }

const char* mml_model_input_name(const mml_model* model, int64_t index) {
    return model == nullptr ? nullptr : name_at(model->model->input_names(), index);
}

const char* mml_model_class_name(const mml_model* model, int64_t index) {
    return model == nullptr ? nullptr : name_at(model->model->class_names(), index);
}

const char* mml_model_decision(const mml_model* model) {
    if (model == nullptr || model->model->task() != Task::classification) return nullptr;
    return model->model->decision().rule().c_str();
}

mml_status mml_model_offsets(const mml_model* model, double* offsets, size_t capacity) {
    return guarded([&] {
        const Model& source = classifier(model);
        const auto count = as_size(source.outputs());
        check_capacity(offsets, "offsets", count, capacity);
        std::fill_n(offsets, count, 0.0);
        std::ranges::copy(source.decision().offsets(), offsets);
    });
}

mml_status mml_model_drift(const mml_model* model, const mml_dataset* dataset, const mml_config* config, mml_write_fn write,
                           void* user) {
    return guarded([&] {
        const Model& source = *given(model, "model").model;
        const Dataset& data = given(dataset, "dataset").data;
        given(write, "write");
        const Config options = config_or_defaults(config);
        MemoryLimit(options).require(source.prediction_bytes(data, 0), "counting the columns' values",
                                     "or give fewer rows at a time");
        const double limit = options.number(OptionId::drift_limit);
        hand_pieces(drift_json(source, data, limit).dump(), write, user, "the drift");
    });
}

mml_status mml_model_card(const mml_model* model, const char* format, mml_write_fn write, void* user) {
    return guarded([&] {
        const Model& source = *given(model, "model").model;
        given_text(format, "format");
        given(write, "write");
        hand_pieces(render_card(card_json(source), format), write, user, "the card");
    });
}

mml_status mml_model_with_report(mml_model** out, const mml_model* model, const mml_report* report) {
    return guarded([&] {
        given(out, "out");
        const Model& source = *given(model, "model").model;
        hand_over(out,
                  model_handle(std::make_shared<const Model>(with_report(source, given(report, "report").report.json))));
    });
}

const char* mml_model_json(const mml_model* model) { return model == nullptr ? nullptr : model->json.c_str(); }

void mml_model_free(mml_model* model) { delete model; }
