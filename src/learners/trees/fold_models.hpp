// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
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

/// One boosted model a fold and one on all observations, grown side by side on the same random columns, until the mean loss
/// on the folds left out no longer falls. The parts of a fit for one shape of trees.
class FoldModels {
public:
    FoldModels(const TrainingSet& set, const BinnedRows& rows, const FoldModelSettings& settings, Share share);

    /// Throws Error(cancelled); ends early where time is up.
    void grow();

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
    void add_model(std::int32_t fold);
    const BoostedModel& whole() const { return *models_.back(); }
    bool stopped() const;
    std::int64_t most_over_ranks(std::int64_t number) const;
    int rounds_of_next_block() const;
    std::vector<TreeSample> draw_samples(int first, int count);
    void grow_block();
    void grow_rounds(const std::vector<TreeSample>& samples);
    void rate_block();
    std::unique_ptr<GrowthSpace> borrowed_space();
    void give_back(std::unique_ptr<GrowthSpace> space);
    double mean_loss(int round) const;
    void score_fold(int fold, std::vector<float>& links) const;

    const TrainingSet& set_;
    const BinnedRows& rows_;
    FoldModelSettings settings_;
    Share share_;
    Supervisor& supervisor_;
    RowTargets targets_;
    std::vector<std::unique_ptr<BoostedModel>> models_;  // one a fold, then the one on all observations
    std::vector<std::unique_ptr<GrowthSpace>> idle_spaces_;
    std::mutex spaces_mutex_;
    LearningCurve curve_;
    int most_rounds_ = 0;
    int done_ = 0;
    int best_ = 0;
    double best_loss_ = 0;
    double advanced_ = 0;
    bool merge_ = true;
    std::int64_t sample_size_ = 1;
};

/// Between looks at the loss, rounds are grown in blocks: one task a model and block.
constexpr int most_rounds_a_block = 16;

/// Rounds of one block, whose samples have this size each.
int rounds_a_block(std::int64_t sample_size);

}  // namespace mml
