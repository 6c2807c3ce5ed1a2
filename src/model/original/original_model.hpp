// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "model/loading.hpp"
#include "model/model.hpp"

namespace mml {

/// Whether a trained model of moodle-mlbackend-python lies in the directory, which Moodle calls `classifier`.
bool holds_original_model(const std::string& directory);

/// That model, as one of ours that predicts the same. It is by position (ModelNames): the original stores neither names nor
/// how many columns there were. Nothing in the files is run. Errors: bad_model, limit, input_output, cancelled; the message
/// names the file.
std::shared_ptr<const Model> load_original_model(const std::string& directory, const Loading& loading = {});

}  // namespace mml
