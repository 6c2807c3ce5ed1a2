// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <optional>

#include "base/index.hpp"
#include "learners/network/network.hpp"
#include "learners/network/network_batch.hpp"
#include "learners/network/network_training.hpp"
#include "learners/network/sgemm.hpp"

namespace mml {

namespace {

constexpr std::size_t members_a_network = 16;
constexpr std::size_t most_groups = 32;
constexpr std::size_t bins_a_column = 8;
// Encoded once, and kept: 32 MB at most.
constexpr std::int64_t most_encoded_cells = 4'000'000;

Encoder::Settings encoder_settings(const Config& config, const TrainingSet& set, const Pause& pause) {
    return {config.integer<std::int32_t>(OptionId::one_hot_minimum),
            config.integer<std::size_t>(OptionId::one_hot_maximum),
            set.levels,
            bins_a_column,
            set.ranks,
            pause};
}

// A number gives its bins, itself and whether it is missing; a category at most 256 levels.
std::int64_t most_inputs(const TrainingSet& set) {
    std::int64_t inputs = narrowed<std::int64_t>(bins_a_column + 2) * set.features.columns();
    for (const std::int32_t levels : set.levels) inputs += std::min(levels, 256);
    return inputs;
}

// 0: too many to keep them encoded.
std::int64_t encoded_cells(const TrainingSet& set) {
    const std::int64_t cells = narrowed<std::int64_t>(bins_a_column) * set.features.stored();
    return cells <= most_encoded_cells ? cells : 0;
}

EncodedRows encoded_rows(const Encoder& encoder, const TrainingSet& set) {
    EncodedRows rows;
    if (encoded_cells(set) > 0) encoder.encode(set.features, 0, set.features.rows(), rows);
    return rows;
}

// With many samples half as many are nearly as good (README.md), and networks are most of the time there. Each fold needs
// one.
int network_count(const TrainingSet& set, const Config& config) {
    constexpr std::int64_t many_samples = 8000;
    const auto count = config.integer<int>(OptionId::networks);
    const bool chosen = config.is_set(OptionId::networks) || config.text(OptionId::effort) == "best";
    if (chosen || set.samples() <= many_samples) return count;
    return std::max((count + 1) / 2, std::min(count, set.folds));
}

// Neighbouring columns share a sign where there are too many for one each.
SharedShape shape_of(const Encoder& encoder, const NetworkSettings& settings, std::size_t outputs) {
    std::vector<std::size_t> columns;  // where each one's inputs begin
    for (std::size_t i = 0; i < encoder.outputs(); ++i) {
        if (i == 0 || encoder.input_of(i) != encoder.input_of(i - 1)) columns.push_back(i);
    }
    const std::size_t groups = std::min(columns.size(), most_groups);
    SharedShape shape{{}, members_a_network, settings.hidden_units, settings.hidden_layers, outputs};
    for (std::size_t group = 0; group < groups; ++group) shape.starts.push_back(columns[group * columns.size() / groups]);
    shape.starts.push_back(encoder.outputs());
    return shape;
}

// The mean of the held-out links over the networks that left out an observation's fold.
std::vector<float> out_of_fold(const TrainingSet& set, const std::vector<TrainedNetwork>& networks) {
    const std::size_t outputs = set.outputs();
    std::vector<float> links(set.observations.size() * outputs, std::numeric_limits<float>::quiet_NaN());
    const std::size_t folds = as_size(set.folds);
    for (std::size_t fold = 0; fold < folds; ++fold) {
        float left_out = 0;
        for (std::size_t n = fold; n < networks.size(); n += folds) {
            left_out += networks[n].trained ? 1.0F : 0.0F;
        }
        if (left_out == 0) continue;
        std::size_t place = 0;
        for (std::size_t i = 0; i < set.observations.size(); ++i) {
            if (std::cmp_not_equal(set.observations[i].fold, fold)) continue;
            for (std::size_t k = 0; k < outputs; ++k) {
                float sum = 0;
                for (std::size_t n = fold; n < networks.size(); n += folds) {
                    if (networks[n].trained) sum += networks[n].held_out_links[place * outputs + k];
                }
                links[i * outputs + k] = sum / left_out;
            }
            ++place;
        }
    }
    return links;
}

}  // namespace

std::int64_t NetworksLearner::memory(const TrainingSet& set, const Config& config) const {
    const std::int64_t networks = network_count(set, config);
    const auto hidden = config.integer(OptionId::hidden_units);
    const auto outputs = narrowed<std::int64_t>(set.outputs());
    const std::int64_t inputs = most_inputs(set);
    const std::int64_t parameters = inputs * hidden + hidden * (config.integer(OptionId::hidden_layers) * hidden +
                                                                narrowed<std::int64_t>(members_a_network) * outputs);
    const std::int64_t at_once = std::min<std::int64_t>(config.threads(), networks);
    const std::int64_t observations = std::ssize(set.observations);
    const auto samples = narrowed<std::int64_t>(soft_sample_count(set));
    const std::int64_t further_chunks = std::max<std::int64_t>(0, samples - observations);
    const std::int64_t fitting = 9 * set.features.stored() + 32 * set.features.rows();
    const std::int64_t training =
        at_once * (observations * (30 + 8 * outputs) + further_chunks * (16 + 4 * outputs)) + 8 * encoded_cells(set);
    return std::max(fitting, training) + 4 * parameters * (networks + 6 * at_once);
}

Fit NetworksLearner::fit(const TrainingSet& set, const Config& config, Progress progress) const {
    const NetworkSettings settings(config);
    const int count = network_count(set, config);
    const Encoder encoder =
        Encoder::fit(set.features, set.row_weights(), encoder_settings(config, set, progress.supervisor()));
    const NetworkData data{set, encoder, shape_of(encoder, settings, set.outputs()), encoded_rows(encoder, set)};

    std::vector<TrainedNetwork> networks(as_size(count));
    Supervisor& supervisor = progress.supervisor();
    // With more than two classes trees take that many times as long, so that giving up networks saves little time.
    const bool worth_giving_up = set.outputs() == 1 && !set.rival.fold_losses.empty();
    const std::optional<Pilot> pilot = worth_giving_up ? std::make_optional<Pilot>(set) : std::nullopt;
    const auto train = [&](int number) {
        const std::int32_t left_out = set.folds > 0 ? number % set.folds : -1;
        item(networks, number) = train_network(data, settings, number, left_out, number == 0 && pilot ? &*pilot : nullptr,
                                               progress.part(1.0 / count));
    };
    std::optional<SingleThreadProducts> on_this_thread;
    if (set.ranks.several()) on_this_thread.emplace();
    supervisor.run(set.ranks, 1, train);
    if (pilot && networks[0].trained && networks[0].lack > 0) {
        progress.advance(1 - 1.0 / count);
        return Fit::given_up(networks[0].held_out_loss, set.rival);
    }
    supervisor.run(set.ranks, count - 1, [&](int other) { train(other + 1); });

    Fit fit;
    fit.out_of_fold = out_of_fold(set, networks);
    std::vector<NetworkParameters> trained;
    auto& epochs = fit.description["epochs"] = Json::array();
    for (TrainedNetwork& network : networks) {
        epochs.push_back(network.epochs);
        fit.curves.push_back(std::move(network.curve));
        if (network.trained) trained.push_back(std::move(network.parameters));
    }
    fit.description["networks"] = trained.size();
    fit.description["inputs"] = encoder.outputs();
    SharedShape kept = data.shape;
    if (set.folds > 0) kept.members = kept_members;
    if (!trained.empty()) fit.member = std::make_unique<SharedNetworksMember>(encoder, kept, set.task, std::move(trained));
    return fit;
}

}  // namespace mml
