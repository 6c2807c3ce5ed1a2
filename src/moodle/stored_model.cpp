// SPDX-License-Identifier: Apache-2.0
#include "moodle/stored_model.hpp"

#include "model/original/original_model.hpp"

namespace mml {

std::shared_ptr<const Model> load_stored_model(const ModelDirectory& directory, const Loading& loading, Binding* binding) {
    if (!directory.holds_only_original()) return load_model(directory.model_path(), binding, loading);
    if (binding != nullptr) *binding = {};
    return load_original_model(directory.classifier_path(), loading);
}

std::shared_ptr<const Model> named_after(const std::shared_ptr<const Model>& model, const Dataset& dataset) {
    if (!model->by_position()) return model;
    const auto& classes = dataset.target ? dataset.target->class_names : dataset.target_classes;
    return std::make_shared<const Model>(model->named_after(dataset.column_names, dataset.named, classes, dataset.source));
}

}  // namespace mml
