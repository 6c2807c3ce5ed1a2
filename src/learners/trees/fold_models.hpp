// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "learners/trees/boosting.hpp"

namespace mml {

/// How boosted models are grown side by side.
struct FoldModelSettings {
    GrowthSettings growth;
    double columns = 0.5;  ///< share that each round draws
    int most_rounds = 300;
    int threads = 1;
};

/// Boosted models of one shape of trees: one a fold, which leaves it out, and one on all observations. They are grown side
/// by side on the same random columns, until the mean loss on the folds left out no longer falls. Those that only the chosen
/// shape needs come later, and are then what they would have been.
class FoldModels {
public:
    /// Says by the mean losses after 1, 2 ... rounds whether more rounds are worth nothing.
    using IsHopeless = std::function<bool(std::span<const double> losses)>;

    FoldModels(const TrainingSet& set, const BinnedRows& rows, const FoldModelSettings& settings, Supervisor& supervisor);

    /// Grows the models of the first folds, and rates by these. Goes on where an earlier call with fewer folds has ended.
    /// Throws Error(cancelled); ends early where time is up.
    void grow(int folds, Progress progress, const IsHopeless& is_hopeless = {});
    /// Grows the model on all observations as far as the folds' loss fell. No fold may be rated after it.
    void grow_whole(Progress progress);

    int most_rounds() const { return most_rounds_; }
    /// Rounds that were grown.
    int done() const { return done_; }
    /// The number of rounds whose loss is least, and that loss.
    int best() const { return best_; }
    double best_loss() const { return best_loss_; }
    /// The loss of the best constants.
    double first_loss() const { return mean_loss(0); }
    /// How many samples of this size stand in memory side by side.
    static int samples_at_once(std::int64_t sample_size, int threads);
    const GrowthSettings& growth() const { return settings_.growth; }
    const FoldModelSettings& settings() const { return settings_; }
    LearningCurve& curve() { return curve_; }
    /// Links of each observation by the model that left out its fold; NaN without folds.
    std::vector<float> out_of_fold() const;
    std::unique_ptr<const Member> member() const;

private:
    using Models = std::vector<BoostedModel*>;

    std::unique_ptr<BoostedModel> new_model(std::int32_t fold) const;
    void add_folds(int folds);
    void add_whole();
    Models all_models() const;
    bool stopped() const;
    std::int64_t most_over_ranks(std::int64_t number) const;
    int rounds_of_next_block() const;
    std::vector<TreeSample> draw_samples(int first, int count);
    void grow_rounds(const Models& models, int first, int last);
    void add_rounds(const Models& models, const std::vector<TreeSample>& samples);
    void rate_rounds(int first, int last);
    std::unique_ptr<GrowthSpace> borrowed_space();
    void give_back(std::unique_ptr<GrowthSpace> space);
    double mean_loss(int round) const;
    void score_fold(int fold, std::vector<float>& links) const;

    const TrainingSet& set_;
    const BinnedRows& rows_;
    FoldModelSettings settings_;
    Supervisor& supervisor_;
    RowTargets targets_;
    std::vector<std::unique_ptr<BoostedModel>> folds_;  // the model that leaves out each
    std::unique_ptr<BoostedModel> whole_;
    int rated_folds_ = 0;  // the first of folds_
    std::vector<std::unique_ptr<GrowthSpace>> idle_spaces_;
    std::mutex spaces_mutex_;
    LearningCurve curve_;
    int most_rounds_ = 0;
    int done_ = 0;
    int best_ = 0;
    double best_loss_ = 0;
    bool merge_ = true;
    std::int64_t sample_size_ = 1;
};

/// Between looks at the loss, rounds are grown in blocks: one task a model and block.
constexpr int most_rounds_a_block = 16;

/// Rounds of one block, whose samples have this size each.
int rounds_a_block(std::int64_t sample_size);

}  // namespace mml
