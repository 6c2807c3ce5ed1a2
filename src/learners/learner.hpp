// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/index.hpp"
#include "base/json.hpp"
#include "base/large_vector.hpp"
#include "base/ranks.hpp"
#include "base/supervisor.hpp"
#include "config/config.hpp"
#include "data/dataset.hpp"
#include "data/sparse_rows.hpp"
#include "data/splits.hpp"
#include "ensemble/member.hpp"
#include "learners/loss.hpp"

namespace mml {

/// What later kinds of member are held against on their first fold: the best one fitted before.
struct Rival {
    std::vector<double> fold_losses = {};  ///< its mean loss on each fold; empty: there is none
    std::span<const float> links = {};     ///< its out-of-fold links of all observations, as long as it lives
    double margin = 0;                     ///< share by which a member's loss there may be higher

    bool beats(std::int32_t fold, double loss) const { return !fold_losses.empty() && loss > limit(fold); }
    /// The highest loss on a fold that does not lose to it.
    double limit(std::int32_t fold) const { return item(fold_losses, fold) * (1 + margin); }
};

/// What learners are trained on: distinct rows, and what was observed on them, dealt to folds.
struct TrainingSet {
    const SparseRows& features;
    FoldedObservations observations;  ///< sorted by row; regression values standardised
    Task task = Task::classification;
    std::size_t classes = 0;
    int folds = 0;  ///< that are held out in turn, what is in others never is; 0: too few samples to hold any out
    std::uint64_t seed = 0;
    Rival rival = {};
    std::vector<std::int32_t> levels =
        {};  ///< of each column the levels of its category, 0 for numbers; empty: no categories

    Ranks ranks = {};                    ///< that train together, each on its own rows
    std::int64_t samples_elsewhere = 0;  ///< of other ranks, before merging

    /// Numbers that a member gives a row, on the link scale: the log-odds of the second of two classes, one log-probability
    /// (up to a constant) a class for more, the standardised estimate for regression.
    std::size_t outputs() const { return classes > 2 ? classes : 1; }
    /// What its members are to lose least of.
    const Loss& loss() const { return loss_of(task, classes); }
    /// Samples before merging, of all ranks.
    std::int64_t samples() const;
    /// The summed weight of each row's observations.
    LargeVector<double> row_weights() const;
};

/// A member's loss by epoch, for logs.
struct LearningCurve {
    std::string member;
    std::vector<double> training_loss;
    std::vector<double> validation_loss;
};

/// What a learner makes of a training set.
struct Fit {
    std::unique_ptr<const Member> member;  ///< none where time was up too early or the rival beats it
    /// Link-scale scores of every observation, outputs() each, by models that did not see its fold; NaN where there are
    /// none.
    std::vector<float> out_of_fold;
    Json description = Json::object();
    std::vector<LearningCurve> curves;

    /// A fit without a member, because of its loss on the first fold.
    static Fit given_up(double loss, const Rival& rival);
};

/// A kind of model. To add one: implement this, and name it in learners() (learners.cpp).
class Learner {
public:
    virtual ~Learner() = default;
    /// As in descriptions and the option that switches it.
    virtual const char* name() const = 0;
    /// The kind of its members, as load_member() takes it.
    virtual const char* member_kind() const { return name(); }
    virtual bool wanted(const Config& config) const = 0;
    /// Whether fit() begins with one fold and ends there where the rival beats it.
    virtual bool has_pilot() const = 0;
    /// About how long fit() takes beside the other kinds, for the report of progress.
    virtual double cost(const Config& config) const = 0;
    /// Bytes that fit() takes at its peak beside the training set.
    virtual std::int64_t memory(const TrainingSet& set, const Config& config) const = 0;
    virtual Fit fit(const TrainingSet& set, const Config& config, Progress progress) const = 0;
};

/// All kinds, the simplest first; blends shrink towards earlier ones.
std::span<const Learner* const> learners();

}  // namespace mml
