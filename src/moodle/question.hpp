// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/json.hpp"
#include "base/supervisor.hpp"
#include "config/config.hpp"
#include "data/dataset.hpp"
#include "model/model.hpp"
#include "moodle/calls.hpp"

namespace mml {

/// Rows of an answer that are written between two looks at the callback.
constexpr std::size_t rows_between_pauses = 1024;

/// A stored model, which has the names of the file, and the samples of an unlabelled file that it is asked about.
struct Question {
    std::shared_ptr<const Model> model;
    Dataset dataset;
};

struct QuestionPaths {
    std::string directory;
    std::string dataset;
};

/// Reads both and gives them to `work`, which makes the answer. A directory without a model is answered before the file is
/// looked at.
Answer answer_question(const QuestionPaths& paths, const Config& config, ProgressCallback progress,
                       const std::function<Json(const Question&, const Config&, Supervisor&)>& work);

/// The shortest text that reads back as the same float.
std::string float_text(float value);

}  // namespace mml
