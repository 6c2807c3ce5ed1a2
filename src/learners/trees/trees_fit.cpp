// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include "base/index.hpp"
#include "learners/trees/fold_models.hpp"

namespace mml {

namespace {

// Of the loss of a constant. Values that are known as well as that gain by smaller steps: ames 2 to 4 %, diamonds .6 %;
// noisier ones and classes gain nothing or lose.
constexpr double most_noise = 0.2;

// They choose as all do on nearly every set, in half of the time.
constexpr int folds_to_choose_by = 2;

// How far trees go into the detail.
struct Shape {
    int leaves;
    int samples;  // fewest of a leaf
};

// On real sets of 300 to 3,000 samples each of these is the best of some, by up to 5 % of the loss; on larger ones the last.
constexpr Shape known_shapes[] = {{4, 20}, {8, 10}, {20, 5}};

int usual_samples(int leaves) {
    for (const Shape& shape : known_shapes) {
        if (leaves <= shape.leaves) return shape.samples;
    }
    return std::end(known_shapes)[-1].samples;
}

// The shapes to choose from: that in the middle first, since the others can be seen to be behind it.
std::vector<Shape> shapes(const TrainingSet& set, const Config& config) {
    const auto leaves = config.integer<int>(OptionId::tree_leaves);
    const auto samples = config.integer<int>(OptionId::tree_samples);
    std::vector<Shape> list = {known_shapes[1], known_shapes[2], known_shapes[0]};
    const bool search = set.folds > 0 && set.samples() <= config.integer(OptionId::tree_search_samples);
    if (!search) list = {known_shapes[2]};
    if (leaves > 0) list = {{leaves, usual_samples(leaves)}};
    for (Shape& shape : list) shape.samples = samples > 0 ? samples : shape.samples;
    return list;
}

FoldModelSettings model_settings(const TrainingSet& set, const Config& config, const Shape& shape) {
    FoldModelSettings settings;
    settings.growth.leaves = shape.leaves;
    settings.growth.least_count = static_cast<float>(shape.samples);
    settings.growth.learning_rate = config.number(OptionId::tree_learning_rate);
    settings.growth.penalty = config.number(OptionId::tree_penalty);
    settings.growth.largest_step = set.loss().largest_step();
    settings.columns = config.number(OptionId::tree_columns);
    settings.most_rounds = config.integer<int>(OptionId::trees);
    settings.threads = narrowed<int>(set.ranks.maximum(std::int64_t{config.threads()}));  // ranks take steps of one size
    return settings;
}

LargeVector<double> row_counts(const TrainingSet& set) {
    LargeVector<double> counts(as_size(set.features.rows()));
    for (const FoldedObservation& observation : set.observations) item(counts, observation.row) += observation.count;
    return counts;
}

// The mean losses of a shape after 1, 2 ... rounds.
struct KnownCurve {
    int leaves;
    std::vector<double> losses;
};

// Whether more rounds of trees of so many leaves would not make them better than others. Larger trees learn faster, and are
// ahead early if ever. Smaller ones catch up, but not where they are behind even with twice as many rounds.
bool is_behind(std::span<const double> losses, int leaves, const KnownCurve& other) {
    constexpr std::size_t fewest_rounds = 60;
    constexpr double noise_if_larger = 1.005, noise_if_smaller = 1.01;
    const std::size_t done = losses.size();
    const auto loss_of_other = [&](std::size_t round) { return other.losses[std::min(round, other.losses.size()) - 1]; };
    if (leaves > other.leaves) return done >= fewest_rounds && losses.back() > noise_if_larger * loss_of_other(done);
    return done >= 2 * fewest_rounds && losses.back() > noise_if_smaller * loss_of_other(done / 2);
}

// Grows models of several shapes on some folds, and those of the least loss on all.
class Search {
public:
    Search(const TrainingSet& set, const Config& config, const BinnedRows& rows, Progress progress)
        : set_(set), config_(config), rows_(rows), progress_(progress) {}

    std::unique_ptr<FoldModels> run() {
        const std::vector<Shape> list = shapes(set_, config_);
        tries_ = narrowed<int>(list.size()) + (may_slow_down() ? 2 : 0);
        const int some = tries_ > 1 ? std::min(folds_to_choose_by, set_.folds) : set_.folds;
        for (const Shape& shape : list) grow(model_settings(set_, config_, shape), some, 1);
        if (may_slow_down()) slow_down(some);
        best_->grow(set_.folds, progress_.part(0.2));
        best_->grow_whole(progress_.part(0.1));
        return std::move(best_);
    }

private:
    bool may_slow_down() const {
        return set_.task == Task::regression && set_.folds > 0 && !config_.is_set(OptionId::tree_learning_rate) &&
               config_.text(OptionId::effort) != "fast";
    }

    void slow_down(int folds) {
        if (supervisor().time_is_up(set_.ranks) || best_->best_loss() > most_noise * best_->first_loss()) {
            part(2).advance(1);
            return;
        }
        FoldModelSettings slower = best_->settings();
        known_.clear();  // whose paces tell nothing of this one: on smooth values it was first ahead after 700 rounds
        slower.growth.learning_rate /= 2;
        slower.most_rounds *= 2;
        grow(slower, folds, 2);
    }

    Supervisor& supervisor() const { return progress_.supervisor(); }
    Progress part(int tries) const { return progress_.part(0.7 * tries / tries_); }

    void grow(const FoldModelSettings& settings, int folds, int tries) {
        const int leaves = settings.growth.leaves;
        auto models = std::make_unique<FoldModels>(set_, rows_, settings, supervisor());
        models->grow(folds, part(tries), [&](std::span<const double> losses) {
            return std::ranges::any_of(known_, [&](const KnownCurve& other) { return is_behind(losses, leaves, other); });
        });
        if (models->done() > 0) known_.push_back({leaves, models->curve().validation_loss});
        if (!best_ || (models->done() > 0 && models->best_loss() < best_->best_loss())) best_ = std::move(models);
    }

    const TrainingSet& set_;
    const Config& config_;
    const BinnedRows& rows_;
    Progress progress_;
    int tries_ = 1;
    std::vector<KnownCurve> known_;
    std::unique_ptr<FoldModels> best_;
};

}  // namespace

// Bytes, for TreesLearner::memory(). Of a row:
constexpr std::int64_t target_of_row = sizeof(float) + sizeof(double);  // count and weight
constexpr std::int64_t sample_of_row = 24;                              // of each sample that is drawn ahead
constexpr std::int64_t space_of_row = 10;                               // of a thread that grows
constexpr std::int64_t number_of_row = sizeof(std::int32_t);
constexpr std::int64_t binning_of_row = 40;
// Of each output of a row:
constexpr std::int64_t target_of_output = sizeof(double);
constexpr std::int64_t space_of_output = sizeof(Derivatives);
constexpr std::int64_t model_of_output = 2 * sizeof(float);  // link and mean
// Of a stored cell, and of a leaf:
constexpr std::int64_t sample_of_cell = sizeof(std::int32_t);  // beside its bin
constexpr std::int64_t binning_of_cell = 8;
constexpr std::int64_t bytes_of_leaf = 40;
// What a drawn sample's size is counted in: numbers of a row and of a stored cell.
constexpr std::int64_t numbers_of_row = 3;
constexpr std::int64_t numbers_of_cell = 2;
constexpr std::int64_t sides_of_fold = 2;
constexpr double fewest_sampled_columns = 12;

std::int64_t TreesLearner::memory(const TrainingSet& set, const Config& config) const {
    const auto outputs = narrowed<std::int64_t>(set.outputs());
    const std::int64_t rows = set.features.rows();
    const std::int64_t stored = set.features.stored();
    int leaves = 0;
    for (const auto& shape : shapes(set, config)) leaves = std::max(leaves, shape.leaves);
    const std::int64_t models = set.folds + 1;
    const double fraction = config.number(OptionId::tree_columns);
    const auto columns =
        static_cast<std::int64_t>(fraction * static_cast<double>(set.features.columns()) + fewest_sampled_columns);
    const auto sampled = static_cast<std::int64_t>(fraction * static_cast<double>(stored));
    const std::int64_t bin = set.features.columns() * most_bins < most_narrow_bins ? 2 : 4;
    const std::int64_t samples =
        FoldModels::samples_at_once(numbers_of_row * rows + numbers_of_cell * sampled, config.threads());
    const std::int64_t targets = sides_of_fold * rows * (target_of_row + target_of_output * outputs);
    const std::int64_t space = rows * (space_of_row + space_of_output * outputs) +
                               leaves * columns * most_bins * narrowed<std::int64_t>(sizeof(Derivatives));
    const std::int64_t model =
        rows * model_of_output * outputs + bytes_of_leaf * config.integer(OptionId::trees) * outputs * leaves;
    const std::int64_t growing = number_of_row * rows + bin * stored +
                                 samples * (sample_of_row * rows + (sample_of_cell + bin) * sampled) + targets +
                                 std::min<std::int64_t>(config.threads(), models) * space + models * model;
    return std::max(growing, binning_of_row * rows + binning_of_cell * stored);
}

Fit TreesLearner::fit(const TrainingSet& set, const Config& config, Progress progress) const {
    const BinnedRows rows(set.features, row_counts(set), set.levels, set.ranks, progress.supervisor());
    const std::unique_ptr<FoldModels> models = Search(set, config, rows, progress).run();
    Fit fit;
    fit.description["trees"] = as_size(models->best()) * set.outputs();
    fit.description["learning_rate"] = models->growth().learning_rate;
    fit.description["leaves"] = models->growth().leaves;
    fit.description["samples_of_a_leaf"] = static_cast<int>(models->growth().least_count);
    fit.description["inputs"] = rows.columns().size();
    fit.curves.push_back(std::move(models->curve()));
    if (models->done() == 0 && models->most_rounds() > 0) return fit;
    fit.out_of_fold = models->out_of_fold();
    fit.member = models->member();
    return fit;
}

}  // namespace mml
