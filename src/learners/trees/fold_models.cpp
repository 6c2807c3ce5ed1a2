// SPDX-License-Identifier: Apache-2.0
#include "learners/trees/fold_models.hpp"

#include <algorithm>
#include <limits>

#include "base/index.hpp"

namespace mml {

namespace {

// Without folds nothing tells when to stop.
constexpr int rounds_without_folds = 30;
// Rounds without a better loss on the folds after which growing ends.
constexpr int patience = 30;
// Share of the rows that may be patterns of their own for the merging to pay.
constexpr double most_patterns = 0.7;
// Numbers of a block's samples. Two of a large table are as fast as sixteen: there starting the threads takes no time.
constexpr std::int64_t most_block_size = std::int64_t{2} << 20U;
constexpr int fewest_rounds_a_block = 2;

}  // namespace

int rounds_a_block(std::int64_t sample_size) {
    return static_cast<int>(
        std::clamp<std::int64_t>(most_block_size / sample_size, fewest_rounds_a_block, most_rounds_a_block));
}

FoldModels::FoldModels(const TrainingSet& set, const BinnedRows& rows, const FoldModelSettings& settings,
                       Supervisor& supervisor)
    : set_(set), rows_(rows), settings_(settings), supervisor_(supervisor), targets_(set) {
    most_rounds_ = set.folds > 0 ? settings.most_rounds : std::min(settings.most_rounds, rounds_without_folds);
    if (rows_.columns().empty()) most_rounds_ = 0;
    curve_.member = "trees";
}

std::unique_ptr<BoostedModel> FoldModels::new_model(std::int32_t fold) const {
    return std::make_unique<BoostedModel>(set_, targets_, fold);
}

// Models of further folds catch up with the others.
void FoldModels::add_folds(int folds) {
    Models added;
    while (std::ssize(folds_) < folds) {
        folds_.push_back(new_model(narrowed<std::int32_t>(folds_.size())));
        added.push_back(folds_.back().get());
    }
    if (!added.empty()) grow_rounds(added, 0, done_);
}

void FoldModels::add_whole() {
    if (whole_) return;
    whole_ = new_model(-1);
    grow_rounds({whole_.get()}, 0, best_);
}

FoldModels::Models FoldModels::all_models() const {
    Models models;
    for (const auto& model : folds_) models.push_back(model.get());
    if (whole_) models.push_back(whole_.get());
    return models;
}

void FoldModels::grow(int folds, Progress progress, const IsHopeless& is_hopeless) {
    if (supervisor_.has_time_limit() || set_.folds == 0) {
        add_folds(set_.folds);
        add_whole();
    } else {
        add_folds(folds);
    }
    rated_folds_ = folds;
    best_ = 0;
    best_loss_ = mean_loss(0);
    curve_.training_loss.clear();
    curve_.validation_loss.clear();
    rate_rounds(0, done_);
    double advanced = 0;
    while (done_ < most_rounds_ && !stopped() && !(is_hopeless && is_hopeless(curve_.validation_loss))) {
        const int before = done_;
        grow_rounds(all_models(), before, before + rounds_of_next_block());
        done_ = most_rounds_;
        // A model may have been cut short by the time limit: all count as far as the slowest came.
        for (const BoostedModel* model : all_models()) done_ = std::min(done_, model->rounds());
        rate_rounds(before, done_);
        const double done = static_cast<double>(done_) / most_rounds_;
        progress.advance(done - advanced);
        advanced = done;
    }
    idle_spaces_.clear();
    progress.advance(1 - advanced);
}

void FoldModels::grow_whole(Progress progress) {
    add_whole();
    idle_spaces_.clear();
    for (int round = 1; round <= best_; ++round)
        item(curve_.training_loss, round - 1) = item(whole_->losses(), round) / whole_->rated_weight();
    progress.advance(1);
}

bool FoldModels::stopped() const {
    return supervisor_.time_is_up(set_.ranks) || (set_.folds > 0 && done_ - best_ >= patience);
}

// Every sample of a block is drawn once, for all models. The first, which tells whether merging pays, is always merged: also
// for models that come later.
std::vector<TreeSample> FoldModels::draw_samples(int first, int count) {
    std::vector<TreeSample> samples(as_size(count));
    const bool merge = first == 0 || merge_;
    supervisor_.run(count, [&](int i) {
        const std::uint64_t round = narrowed<std::uint64_t>(first) + narrowed<std::uint64_t>(i);
        item(samples, i) = draw_sample(rows_, settings_.columns, RandomStream(set_.seed, purpose::trees, round), merge);
    });
    if (first == 0) {
        merge_ = static_cast<double>(samples[0].patterns()) <= most_patterns * static_cast<double>(rows_.rows());
        sample_size_ = set_.ranks.several() ? most_over_ranks(samples[0].size()) : samples[0].size();
    }
    return samples;
}

// Ranks take steps of one size. One without rows has no patterns.
std::int64_t FoldModels::most_over_ranks(std::int64_t number) const {
    return std::max<std::int64_t>(1, set_.ranks.maximum(number));
}

// Blocks start small, so that a time limit finds something to keep.
int FoldModels::rounds_of_next_block() const {
    return std::min({rounds_a_block(sample_size_), std::max(1, done_), most_rounds_ - done_});
}

// Of a large table only as many samples stand in memory as threads can draw at a time.
int FoldModels::samples_at_once(std::int64_t sample_size, int threads) {
    const int rounds = rounds_a_block(sample_size);
    return rounds > fewest_rounds_a_block ? rounds : std::min(rounds, threads);
}

// Adds the rounds after `first` up to `last`.
void FoldModels::grow_rounds(const Models& models, int first, int last) {
    while (first < last) {
        const int step = first == 0 ? 1 : samples_at_once(sample_size_, settings_.threads);
        const int count = std::min(step, last - first);
        add_rounds(models, draw_samples(first, count));
        first += count;
    }
}

void FoldModels::add_rounds(const Models& models, const std::vector<TreeSample>& samples) {
    supervisor_.run(set_.ranks, narrowed<int>(models.size()), [&](int number) {
        BoostedModel& model = *item(models, number);
        std::unique_ptr<GrowthSpace> space = borrowed_space();
        for (const TreeSample& sample : samples) {
            supervisor_.pause();
            if (supervisor_.time_is_up(set_.ranks)) break;
            model.add_round(sample, *space);
        }
        give_back(std::move(space));
    });
}

std::unique_ptr<GrowthSpace> FoldModels::borrowed_space() {
    const std::lock_guard lock(spaces_mutex_);
    if (idle_spaces_.empty()) return std::make_unique<GrowthSpace>(rows_, settings_.growth);
    std::unique_ptr<GrowthSpace> space = std::move(idle_spaces_.back());
    idle_spaces_.pop_back();
    return space;
}

void FoldModels::give_back(std::unique_ptr<GrowthSpace> space) {
    const std::lock_guard lock(spaces_mutex_);
    idle_spaces_.push_back(std::move(space));
}

void FoldModels::rate_rounds(int first, int last) {
    for (int round = first + 1; round <= last; ++round) {
        const double loss = mean_loss(round);
        const double training_loss =
            whole_ ? item(whole_->losses(), round) / whole_->rated_weight() : std::numeric_limits<double>::quiet_NaN();
        curve_.training_loss.push_back(training_loss);
        curve_.validation_loss.push_back(loss);
        supervisor_.set_step(round, most_rounds_, training_loss, loss);
        if (set_.folds > 0 && loss >= best_loss_) continue;
        best_loss_ = loss;
        best_ = round;
    }
}

// Over the rated folds; NaN without folds.
double FoldModels::mean_loss(int round) const {
    double loss = 0;
    double weight = 0;
    for (int fold = 0; fold < rated_folds_; ++fold) {
        const BoostedModel& model = *item(folds_, fold);
        loss += item(model.losses(), round);
        weight += model.rated_weight();
    }
    return weight > 0 ? loss / weight : std::numeric_limits<double>::quiet_NaN();
}

void FoldModels::score_fold(int fold, std::vector<float>& links) const {
    const std::size_t outputs = set_.outputs();
    std::vector<float> scores(as_size(set_.features.rows()) * outputs);
    item(folds_, fold)->member(best_).add_scores(set_.features, 0, set_.features.rows(), 1, scores);
    for (std::size_t i = 0; i < set_.observations.size(); ++i) {
        if (set_.observations[i].fold != fold) continue;
        const auto row = static_cast<std::ptrdiff_t>(as_size(set_.observations[i].row) * outputs);
        std::copy_n(scores.begin() + row, outputs, links.begin() + static_cast<std::ptrdiff_t>(i * outputs));
    }
}

std::vector<float> FoldModels::out_of_fold() const {
    std::vector<float> links(set_.observations.size() * set_.outputs(), std::numeric_limits<float>::quiet_NaN());
    supervisor_.run(set_.folds, [&](int fold) { score_fold(fold, links); });
    return links;
}

std::unique_ptr<const Member> FoldModels::member() const { return std::make_unique<TreesMember>(whole_->member(best_)); }

}  // namespace mml
