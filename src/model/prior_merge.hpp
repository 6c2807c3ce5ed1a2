// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "data/samples.hpp"
#include "model/model.hpp"

namespace mml {

/// How many earlier models a trained one holds at most, each as it was trained.
constexpr std::size_t most_frozen_models = 16;

/// Earlier models of which some now answer for others.
struct MergedPriors {
    std::shared_ptr<const Model> model;  ///< the prior to train on from
    std::size_t models = 0;              ///< how many it consists of
    std::size_t merged = 0;              ///< how many models went, their shares to others
    /// Mean absolute difference that this makes on the samples' rows: of a row's probabilities half the sum over the classes
    /// (of two classes: of either probability), or of the estimate.
    double change = 0;
};

/// `model`, whose chain of priors may be of any length, as at most most_frozen_models models of 256 MB together. Their
/// answers are mixed by the same shares as before: only models above the limits go, one after the other. That one goes whose
/// share, given to another model trained on as many samples or more, changes the answers least on the samples' rows. Within
/// the limits the model comes back as it is. Throws Error(mismatch) where the samples lack its columns.
MergedPriors merge_priors(const std::shared_ptr<const Model>& model, const Samples& samples);

}  // namespace mml
