// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "base/supervisor.hpp"
#include "config/config.hpp"
#include "data/samples.hpp"
#include "learners/learner.hpp"
#include "model/model.hpp"

namespace mml {

/// What a training made: a model, and the losses on the way to it.
struct Training {
    std::shared_ptr<const Model> model;
    std::vector<LearningCurve> curves;
};

/// Trains on samples; `prior`, or nullptr, is a model whose samples are not among them (for a model whose samples are: its
/// own prior().model): it stays as a frozen part of the new one, weighing as many samples as it was trained on. Throws
/// Error(not_enough_data), Error(limit), Error(cancelled), Error(mismatch).
Training train_model(const Samples& samples, const Config& config, std::shared_ptr<const Model> prior, Progress progress);
/// The same on samples that nobody needs again, in less memory.
Training train_model(Samples&& samples, const Config& config, std::shared_ptr<const Model> prior, Progress progress);

}  // namespace mml
