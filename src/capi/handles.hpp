// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/json.hpp"
#include "capi/guard.hpp"
#include "config/config.hpp"
#include "data/dataset.hpp"
#include "evaluation/report.hpp"
#include "model/model.hpp"
#include "model/predictor.hpp"
#include "moodle/calls.hpp"
#include "moodleml/moodleml.h"

// What the handles of moodleml.h are. A const handle is shared between threads, so nothing in it is made on demand: texts
// that a function lends are made together with the handle.

struct mml_config {
    mml::Config values;
};

struct mml_dataset {
    mml::Dataset data;
    std::string json;  // follows `data`: whoever changes one makes the other anew
};

struct mml_model {
    std::shared_ptr<const mml::Model> model;
    std::string json;
};

struct mml_predictor {
    mml_predictor(std::shared_ptr<const mml::Model> model, const std::vector<std::string>& columns, mml::MemoryLimit limit)
        : predictor(std::move(model), columns, limit) {}
    mml::Predictor predictor;
};

struct mml_report {
    mml::Report report;
    std::string json;  // the report's as text
};

struct mml_answer {
    mml::Answer answer;
};

namespace mml::capi {

/// The caller's options, or the defaults for NULL.
inline Config config_or_defaults(const mml_config* config) { return config == nullptr ? Config() : config->values; }

/// The same for a call that works on one rank alone: throws Error(invalid_argument) where the caller has set several.
inline Config options_of_one_rank(const mml_config* config) {
    Config options = config_or_defaults(config);
    if (options.ranks().several())
        fail(Status::invalid_argument, "only mml_train() works on several ranks: give this call a config of its own");
    return options;
}

/// The data set of a handle; throws Error(invalid_argument) where its rows have no target.
inline const Dataset& labelled(const mml_dataset* dataset) {
    const Dataset& data = given(dataset, "dataset").data;
    if (!data.target) {
        fail(Status::invalid_argument,
             concat(data.source,
                    " has no target: read a labelled file, or call mml_dataset_set_classes() or mml_dataset_set_target()"));
    }
    return data;
}

/// Throws Error(invalid_argument) where the model predicts no classes.
inline void check_classifier(const Model& model) {
    if (model.task() != Task::classification)
        fail(Status::invalid_argument, "the model is a regression, which decides for no class");
}

/// The model of a handle, which predicts classes.
inline const Model& classifier(const mml_model* model) {
    const Model& source = *given(model, "model").model;
    check_classifier(source);
    return source;
}

}  // namespace mml::capi
