// SPDX-License-Identifier: Apache-2.0
#include "base/index.hpp"
#include "learners/learner.hpp"
#include "learners/linear/linear.hpp"
#include "learners/network/network.hpp"
#include "learners/trees/trees.hpp"

namespace mml {

std::int64_t TrainingSet::samples() const {
    std::int64_t sum = samples_elsewhere;
    for (const FoldedObservation& observation : observations) sum += observation.count;
    return sum;
}

LargeVector<double> TrainingSet::row_weights() const {
    LargeVector<double> weights(as_size(features.rows()));
    for (const FoldedObservation& observation : observations) item(weights, observation.row) += observation.weight;
    return weights;
}

Fit Fit::given_up(double loss, const Rival& rival) {
    Fit fit;
    fit.description["given_up"] = true;
    fit.description["first_fold_loss"] = loss;
    fit.description["best_first_fold_loss"] = rival.fold_losses.at(0);
    return fit;
}

std::span<const Learner* const> learners() {
    static const LinearLearner linear;
    static const TreesLearner trees;
    static const NetworksLearner networks;
    static const Learner* const all[] = {&linear, &trees, &networks};
    return all;
}

}  // namespace mml
