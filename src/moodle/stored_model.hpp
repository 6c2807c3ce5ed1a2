// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "config/config.hpp"
#include "data/dataset.hpp"
#include "model/model.hpp"
#include "model/model_file.hpp"
#include "moodle/directory.hpp"

namespace mml {

/// The trained model of a directory that holds one: model.mml or, where there is none, what moodle-mlbackend-python has
/// stored there, which stands alone. Where `binding` is given, it is set. Errors as load_model() and load_original_model().
std::shared_ptr<const Model> load_stored_model(const ModelDirectory& directory, const Loading& loading,
                                               Binding* binding = nullptr);

/// The same model, called as a Moodle file calls its columns and classes (Model::named_after).
std::shared_ptr<const Model> named_after(const std::shared_ptr<const Model>& model, const Dataset& dataset);

}  // namespace mml
