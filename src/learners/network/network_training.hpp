// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "config/config.hpp"
#include "ensemble/shared_network.hpp"
#include "learners/learner.hpp"
#include "learners/pilot.hpp"
#include "preprocessing/encoder.hpp"

namespace mml {

struct NetworkSettings {
    std::size_t hidden_units;
    std::size_t hidden_layers;
    double dropout;
    double learning_rate;
    double weight_decay;
    std::size_t batch_size;
    int epochs;
    int patience;

    explicit NetworkSettings(const Config& config);
};

/// Members of a network that are kept of those that train: the best on the fold left out. All, where none is left out.
constexpr std::size_t kept_members = 8;

/// What all networks of one fit share.
struct NetworkData {
    const TrainingSet& set;
    const Encoder& encoder;
    SharedShape shape;
    EncodedRows encoded = {};  ///< all rows; none where that would take much memory, and each batch is encoded anew
};

struct TrainedNetwork {
    NetworkParameters parameters;  ///< averaged weights of the best epoch, of the members kept
    bool trained = false;          ///< false where the time limit came before the first step
    int epochs = 0;
    LearningCurve curve;
    double held_out_loss = 0;           ///< of the best epoch
    double lack = 0;                    ///< of a pilot: see Pilot::lack()
    std::vector<float> held_out_links;  ///< of each observation of the fold left out, outputs each, in order, pooled
};

/// Trains one network on all observations outside `left_out` (-1: on all) and stops on the loss of those in it. A pilot, of
/// the first fold, also ends as soon as its pace says that the network will not stay. Runs on one thread, which
/// Supervisor::run() started; over several ranks on the caller's, under SingleThreadProducts. Collective.
TrainedNetwork train_network(const NetworkData& data, const NetworkSettings& settings, int number, std::int32_t left_out,
                             const Pilot* pilot, Progress progress);

}  // namespace mml
