// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <memory>

#include "learners/trees/boosting.hpp"

namespace mml {

namespace {

// Without folds nothing tells when to stop.
constexpr int rounds_without_folds = 30;
// Rounds without a better loss on the folds after which growing ends.
constexpr int patience = 30;
// Between looks at the loss, rounds are grown in blocks: one task a model and block.
constexpr int most_rounds_a_block = 16;
// Share of the rows that may be patterns of their own for the merging to pay.
constexpr double most_patterns = 0.7;
// Of leaf values before the learning rate, for classes: a leaf whose samples the model is sure and wrong of has hardly any
// curvature.
constexpr double largest_link_step = 10;

GrowthSettings growth_settings(const TrainingSet& set, const Config& config) {
    GrowthSettings settings;
    settings.leaves = static_cast<int>(config.integer(OptionId::tree_leaves));
    settings.learning_rate = config.number(OptionId::tree_learning_rate);
    if (set.task == Task::classification) settings.largest_step = largest_link_step;
    return settings;
}

std::vector<double> row_counts(const TrainingSet& set) {
    std::vector<double> counts(static_cast<std::size_t>(set.features.rows()));
    for (const FoldedObservation& observation : set.observations)
        counts[static_cast<std::size_t>(observation.row)] += observation.count;
    return counts;
}

class TreesFit {
public:
    TreesFit(const TrainingSet& set, const Config& config, Share share)
        : set_(set),
          config_(config),
          settings_(growth_settings(set, config)),
          share_(share),
          supervisor_(share.supervisor()),
          rows_(set.features, row_counts(set)) {
        for (std::int32_t fold = 0; fold < set.folds; ++fold) add_model(fold);
        add_model(-1);
        const auto wanted = static_cast<int>(config.integer(OptionId::trees));
        most_rounds_ = set.folds > 0 ? wanted : std::min(wanted, rounds_without_folds);
        if (rows_.columns().empty()) most_rounds_ = 0;
        curve_.member = "trees";
    }

    Fit run() {
        best_loss_ = mean_loss(0);
        while (done_ < most_rounds_ && !stopped()) grow_block();
        share_.advance(1 - advanced_);
        Fit fit;
        describe(fit);
        fit.out_of_fold.assign(set_.observations.size() * static_cast<std::size_t>(set_.outputs()),
                               std::numeric_limits<float>::quiet_NaN());
        if (done_ == 0 && most_rounds_ > 0) return fit;
        supervisor_.run(set_.folds, [&](int fold) { score_fold(fold, fit.out_of_fold); });
        fit.member = std::make_unique<TreesMember>(whole().member(best_));
        return fit;
    }

private:
    void add_model(std::int32_t fold) { models_.push_back(std::make_unique<BoostedModel>(set_, rows_, settings_, fold)); }
    const BoostedModel& whole() const { return *models_.back(); }

    bool stopped() const { return supervisor_.time_is_up() || (set_.folds > 0 && done_ - best_ >= patience); }

    // Blocks start small, so that a time limit finds something to keep. Every sample of a block is drawn once, for all
    // models.
    void grow_block() {
        const int count = std::min({most_rounds_a_block, std::max(1, done_), most_rounds_ - done_});
        std::vector<TreeSample> samples(static_cast<std::size_t>(count));
        supervisor_.run(count, [&](int i) {
            const std::uint64_t round = static_cast<std::uint64_t>(done_) + static_cast<std::uint64_t>(i);
            samples[static_cast<std::size_t>(i)] = draw_sample(rows_, config_.number(OptionId::tree_columns),
                                                               RandomStream(set_.seed, purpose::trees, round), merge_);
        });
        if (done_ == 0) {
            merge_ = static_cast<double>(samples[0].patterns()) <= most_patterns * static_cast<double>(rows_.rows());
        }
        supervisor_.run(static_cast<int>(models_.size()), [&](int number) {
            BoostedModel& model = *models_[static_cast<std::size_t>(number)];
            for (const TreeSample& sample : samples) {
                supervisor_.check();
                if (supervisor_.time_is_up()) break;
                model.add_round(sample);
            }
        });
        rate_block();
    }

    // A model may have been cut short by the time limit: all count as far as the slowest came.
    void rate_block() {
        int rounds = whole().rounds();
        for (const auto& model : models_) rounds = std::min(rounds, model->rounds());
        for (int round = done_ + 1; round <= rounds; ++round) {
            const double loss = mean_loss(round);
            const double training_loss = whole().losses()[static_cast<std::size_t>(round)] / whole().rated_weight();
            curve_.training_loss.push_back(training_loss);
            curve_.validation_loss.push_back(loss);
            supervisor_.set_step(round, most_rounds_, training_loss, loss);
            if (set_.folds > 0 && loss >= best_loss_) continue;
            best_loss_ = loss;
            best_ = round;
        }
        done_ = rounds;
        const double done = static_cast<double>(done_) / most_rounds_;
        share_.advance(done - advanced_);
        advanced_ = done;
    }

    // Over the folds left out; NaN without folds.
    double mean_loss(int round) const {
        double loss = 0;
        double weight = 0;
        for (int fold = 0; fold < set_.folds; ++fold) {
            const BoostedModel& model = *models_[static_cast<std::size_t>(fold)];
            loss += model.losses()[static_cast<std::size_t>(round)];
            weight += model.rated_weight();
        }
        return weight > 0 ? loss / weight : std::numeric_limits<double>::quiet_NaN();
    }

    void score_fold(int fold, std::vector<float>& links) const {
        const auto outputs = static_cast<std::size_t>(set_.outputs());
        std::vector<float> scores(static_cast<std::size_t>(set_.features.rows()) * outputs);
        models_[static_cast<std::size_t>(fold)]->member(best_).add_scores(set_.features, 0, set_.features.rows(), 1, scores);
        for (std::size_t i = 0; i < set_.observations.size(); ++i) {
            if (set_.observations[i].fold != fold) continue;
            const auto row = static_cast<std::ptrdiff_t>(static_cast<std::size_t>(set_.observations[i].row) * outputs);
            std::copy_n(scores.begin() + row, outputs, links.begin() + static_cast<std::ptrdiff_t>(i * outputs));
        }
    }

    void describe(Fit& fit) {
        fit.description["trees"] = best_ * set_.outputs();
        fit.description["learning_rate"] = settings_.learning_rate;
        fit.description["leaves"] = settings_.leaves;
        fit.description["inputs"] = rows_.columns().size();
        fit.curves.push_back(std::move(curve_));
    }

    const TrainingSet& set_;
    const Config& config_;
    GrowthSettings settings_;
    Share share_;
    Supervisor& supervisor_;
    BinnedRows rows_;
    std::vector<std::unique_ptr<BoostedModel>> models_;  // one a fold, then the one on all observations
    LearningCurve curve_;
    int most_rounds_ = 0;
    int done_ = 0;
    int best_ = 0;
    double best_loss_ = 0;
    double advanced_ = 0;
    bool merge_ = true;
};

}  // namespace

std::int64_t TreesLearner::memory(const TrainingSet& set, const Config& config) const {
    const std::int64_t outputs = set.outputs();
    const std::int64_t leaves = config.integer(OptionId::tree_leaves);
    const std::int64_t trees = config.integer(OptionId::trees) * outputs;
    const std::int64_t models = set.folds + 1;
    const auto sampled =
        static_cast<std::int64_t>(config.number(OptionId::tree_columns) * static_cast<double>(set.features.columns()) + 12);
    const std::int64_t samples = most_rounds_a_block * (16 * set.features.rows() + 4 * set.features.stored());
    const std::int64_t histograms = leaves * sampled * most_bins * static_cast<std::int64_t>(sizeof(Derivatives));
    const std::int64_t model = set.features.rows() * (32 + 36 * outputs) + histograms + 40 * trees * leaves;
    return 16 * set.features.stored() + samples + models * model;
}

Fit TreesLearner::fit(const TrainingSet& set, const Config& config, Share share) const {
    return TreesFit(set, config, share).run();
}

}  // namespace mml
