// SPDX-License-Identifier: Apache-2.0
#include "moodle/stored_model.hpp"

#include "model/original/original_model.hpp"

namespace mml {

std::uint64_t memory_limit_of(const Config& config) {
    constexpr std::uint64_t megabyte = 1'000'000;
    return megabyte * static_cast<std::uint64_t>(config.integer(OptionId::memory_limit));
}

std::shared_ptr<const Model> load_stored_model(const ModelDirectory& directory, const Config& config, Binding* binding) {
    if (!directory.holds_only_original()) return load_model(directory.model_path(), binding, memory_limit_of(config));
    if (binding != nullptr) *binding = {};
    return load_original_model(directory.classifier_path());
}

std::shared_ptr<const Model> named_after(const std::shared_ptr<const Model>& model, const Dataset& dataset) {
    if (!model->by_position()) return model;
    const auto& classes = dataset.target ? dataset.target->class_names : dataset.target_classes;
    return std::make_shared<const Model>(model->named_after(dataset.column_names, dataset.named, classes, dataset.source));
}

}  // namespace mml
