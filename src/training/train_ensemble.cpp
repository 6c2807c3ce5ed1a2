// SPDX-License-Identifier: Apache-2.0
#include "training/train_ensemble.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/text.hpp"
#include "config/memory_limit.hpp"
#include "training/combination.hpp"
#include "training/target_scale.hpp"

namespace mml {

namespace {

// Samples of each class; of the whole for regression.
std::vector<std::int64_t> class_counts(const Samples& samples) {
    std::vector<std::int64_t> counts(samples.strata());
    for (const Observation& observation : samples.observations) item(counts, observation.class_index) += observation.count;
    return counts;
}

// Classes of one sample, which stays in every fold's training: beside two larger classes, which can then be rated.
std::vector<bool> single_classes(const std::vector<std::int64_t>& counts) {
    const bool others = std::ranges::count_if(counts, [](std::int64_t count) { return count > 1; }) >= 2;
    std::vector<bool> single;
    single.reserve(counts.size());
    for (const std::int64_t count : counts) single.push_back(others && count == 1);
    return single;
}

// The largest number of folds that groups which stay whole can fill.
std::int64_t groups_of(const Samples& samples) {
    std::set<std::int32_t> groups;
    for (const Observation& each : samples.observations) groups.insert(each.group);
    return groups.contains(-1) ? std::numeric_limits<std::int64_t>::max() : narrowed<std::int64_t>(groups.size());
}

// Every other class (or the whole, for regression) must leave something to train on when a fold is held out.
int usable_folds(const Samples& samples, int wanted) {
    const std::vector<std::int64_t> all = class_counts(samples);
    const std::vector<bool> single = single_classes(all);
    std::vector<std::int64_t> counts;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i] > 0 && !single[i]) counts.push_back(all[i]);
    }
    const std::int64_t smallest = counts.empty() ? 0 : *std::ranges::min_element(counts);
    const int folds = narrowed<int>(std::min({std::int64_t{wanted}, smallest, groups_of(samples)}));
    const bool one_class = samples.task == Task::classification && counts.size() < 2;
    return folds < 2 || one_class ? 0 : folds;
}

std::vector<std::string> single_class_names(const Samples& samples) {
    const std::vector<bool> single = single_classes(class_counts(samples));
    std::vector<std::string> names;
    for (std::size_t i = 0; i < single.size(); ++i) {
        if (single[i]) names.push_back(samples.class_names[i]);
    }
    return names;
}

// With many samples two folds tell what four do, in three fifths of the time.
int rated_folds(const Samples& samples, const Config& config) {
    constexpr std::int64_t many_samples = 8000;
    const auto wanted = config.integer<int>(OptionId::rated_folds);
    if (wanted > 0) return wanted;
    return samples.count() > many_samples ? 2 : config.integer<int>(OptionId::folds);
}

// The summed weight of each class's samples; empty for regression.
std::vector<double> class_weights(const TrainingSet& set) {
    std::vector<double> weights(set.classes);
    for (const FoldedObservation& observation : set.observations) {
        if (!weights.empty()) item(weights, observation.class_index) += observation.weight;
    }
    return weights;
}

// With them every class that occurs weighs the same, and all together what they did.
std::vector<double> balancing_factors(const std::vector<double>& weights) {
    const double total = std::reduce(weights.begin(), weights.end());
    const auto present = static_cast<double>(std::ranges::count_if(weights, [](double weight) { return weight > 0; }));
    std::vector<double> factors(weights.size(), 1);
    for (std::size_t k = 0; k < weights.size(); ++k) {
        if (weights[k] > 0) factors[k] = total / present / weights[k];
    }
    return factors;
}

// Mean loss of out-of-fold links on each fold; empty where any is missing.
std::vector<double> fold_losses(const TrainingSet& set, std::span<const float> links) {
    const std::size_t outputs = set.outputs();
    std::vector<double> losses(as_size(set.folds));
    std::vector<double> weights(losses.size());
    std::vector<double> of_one(outputs);
    bool complete = true;
    for (std::size_t i = 0; complete && i < set.observations.size(); ++i) {
        const FoldedObservation& observation = set.observations[i];
        const std::size_t fold = as_size(observation.fold);
        if (observation.fold >= set.folds) continue;
        complete = std::isfinite(links[i * outputs]);
        std::ranges::copy(links.subspan(i * outputs, outputs), of_one.begin());
        losses[fold] += observation.weight * set.loss().value(of_one, observation);
        weights[fold] += observation.weight;
    }
    if (set.ranks.any(!complete)) return {};
    set.ranks.sum(std::span(losses));
    set.ranks.sum(std::span(weights));
    for (std::size_t fold = 0; fold < losses.size(); ++fold) losses[fold] /= weights[fold];
    return losses;
}

double sum_of(const std::vector<double>& values) { return std::reduce(values.begin(), values.end()); }

TrainingSet training_set(const Samples& samples, const Config& config, const Ensemble::Scale& scale) {
    const auto seed = config.integer<std::uint64_t>(OptionId::seed);
    const int folds = usable_folds(samples, config.integer<int>(OptionId::folds));
    const int rated = std::min(folds, rated_folds(samples, config));
    TrainingSet set{
        samples.features, deal_into_folds(samples, std::max(1, folds), seed), samples.task, scale.classes, rated, seed};
    for (FoldedObservation& observation : set.observations)
        observation.value = (observation.value - scale.mean) / scale.deviation;
    const std::vector<bool> single = single_classes(class_counts(samples));
    for (FoldedObservation& observation : set.observations) {
        const std::size_t label = as_size(observation.class_index);
        if (folds > 0 && single[label]) observation.fold = folds;
    }
    for (const std::vector<std::string>& levels : samples.categories)
        set.levels.push_back(narrowed<std::int32_t>(levels.size()));
    set.rival.margin = config.number(OptionId::pilot_margin);
    return set;
}

struct FittedLearner {
    const Learner* learner;
    Fit fit;
};

class EnsembleTrainer {
public:
    /// With several ranks: the samples with the observations of all, and the number of this rank's first row among them.
    EnsembleTrainer(const Samples& samples, const Config& config, Progress progress, std::int64_t first_row = 0)
        : config_(config),
          progress_(progress),
          scale_(scale_of(samples)),
          set_(training_set(samples, config, scale_)),
          class_weights_(class_weights(set_)),
          single_classes_(single_class_names(samples)) {
        if (config.text(OptionId::class_weights) == "balanced") class_factors_ = balancing_factors(class_weights_);
        for (FoldedObservation& observation : set_.observations) observation.weight *= factor_of(observation.class_index);
        if (config.ranks().several()) keep_own(first_row);
    }

    EnsembleTraining run() {
        const auto wanted = wanted_learners();
        check_memory(wanted);
        progress_.supervisor().enter(Phase::training);
        double cost = 0;
        for (const Learner* learner : wanted) cost += learner->cost(config_);
        for (const Learner* learner : in_fitting_order(wanted)) fit_learner(*learner, learner->cost(config_) / cost);
        progress_.supervisor().enter(Phase::calibrating);
        if (config_.ranks().several()) gather_rated();
        if (fitted_.empty()) {
            fail(Status::limit, "the time limit came before any member could be trained: raise option time_limit");
        }
        Combination combination = combine_members();
        describe(combination);
        take_members(combination);
        if (progress_.supervisor().was_cut_short())
            warnings_.emplace_back("The time limit was reached: the model is the best that could be trained by then.");
        return {Ensemble(set_.features.columns(), scale_, std::move(parts_)),
                std::move(description_),
                std::move(warnings_),
                std::move(curves_),
                of_population(std::move(combination.out_of_fold)),
                in_unit(std::move(combination.estimates))};
    }

private:
    // Learners see this rank's observations; what members are rated on comes together again in gather_rated().
    void keep_own(std::int64_t first_row) {
        set_.ranks = config_.ranks();
        const std::int64_t all = set_.samples();
        all_observations_ = std::move(set_.observations);
        const auto row_of = [&](std::int64_t row) {
            return std::ranges::lower_bound(all_observations_, row, {}, &FoldedObservation::row);
        };
        set_.observations = {row_of(first_row), row_of(first_row + set_.features.rows())};
        for (FoldedObservation& observation : set_.observations) observation.row -= narrowed<std::int32_t>(first_row);
        set_.samples_elsewhere = all - set_.samples();
    }

    // From here on every rank has what all have rated, and makes the same of it.
    void gather_rated() {
        for (FittedLearner& fitted : fitted_) {
            const std::span<const float> own(fitted.fit.out_of_fold);
            fitted.fit.out_of_fold = set_.ranks.gathered<float, std::vector<float>>(own);
        }
        set_.observations = std::move(all_observations_);
        set_.samples_elsewhere = 0;
        set_.ranks = Ranks();
    }

    double factor_of(std::int32_t class_index) const {
        return class_factors_.empty() ? 1 : item(class_factors_, class_index);
    }

    // Decisions are for the samples as they are, also where class weights made the members.
    RatedProbabilities of_population(RatedProbabilities rated) const {
        for (std::size_t i = 0; i < rated.size(); ++i) rated.weights[i] /= factor_of(rated.labels[i]);
        const double total = std::reduce(class_weights_.begin(), class_weights_.end());
        for (const double weight : class_weights_) rated.class_shares.push_back(weight / total);
        rated.class_factors = class_factors_;
        return rated;
    }

    RatedEstimates in_unit(RatedEstimates rated) const {
        for (std::vector<double>* numbers : {&rated.estimates, &rated.targets})
            for (double& number : *numbers) number = scale_.mean + scale_.deviation * number;
        return rated;
    }

    std::vector<const Learner*> wanted_learners() const {
        std::vector<const Learner*> wanted;
        for (const Learner* learner : learners()) {
            // Without out-of-fold scores nothing tells what members are worth: then the simplest stands alone.
            const bool beyond_simplest = set_.folds == 0 && !wanted.empty();
            if (learner->wanted(config_) && !beyond_simplest) wanted.push_back(learner);
        }
        if (wanted.empty())
            fail(Status::invalid_argument,
                 "no kind of member is switched on: set option linear to true, or trees or networks above 0");
        return wanted;
    }

    // What has no pilot comes first, so that there is something to hold the pilots against.
    static std::vector<const Learner*> in_fitting_order(std::vector<const Learner*> wanted) {
        std::stable_partition(wanted.begin(), wanted.end(), [](const Learner* learner) { return !learner->has_pilot(); });
        return wanted;
    }

    void check_memory(const std::vector<const Learner*>& wanted) const {
        const MemoryLimit limit(config_);
        if (!limit.exists()) return;
        std::int64_t most = 0;
        for (const Learner* learner : wanted) most = std::max(most, learner->memory(set_, config_));
        const std::int64_t observations = std::ssize(set_.observations) + std::ssize(all_observations_);
        const std::int64_t held =
            set_.features.bytes() + observations * std::int64_t{sizeof(FoldedObservation) + sizeof(Observation)};
        limit.require(most + held, "training", "use fewer threads or networks, or train on fewer samples");
    }

    void fit_learner(const Learner& learner, double share) {
        Fit fit = learner.fit(set_, config_, progress_.part(share));
        progress_.supervisor().check();
        for (LearningCurve& curve : fit.curves) curves_.push_back(std::move(curve));
        if (fit.member) {
            judge(fit);
            fitted_.push_back({&learner, std::move(fit)});
        } else if (fit.description.contains("given_up")) {
            given_up_.push_back({&learner, std::move(fit)});
        }
    }

    void judge(const Fit& fit) {
        if (set_.folds == 0 || set_.rival.margin <= 0) return;
        std::vector<double> losses = fold_losses(set_, fit.out_of_fold);
        const bool better = set_.rival.fold_losses.empty() || sum_of(losses) < sum_of(set_.rival.fold_losses);
        if (losses.empty() || !better) return;
        set_.rival.fold_losses = std::move(losses);
        set_.rival.links = fit.out_of_fold;  // which stay where they are when the fit is moved
    }

    // The simplest first, as learners() has them.
    Combination combine_members() {
        const auto place = [](const FittedLearner& fitted) { return std::ranges::find(learners(), fitted.learner); };
        std::ranges::sort(fitted_, {}, place);
        std::vector<std::span<const float>> links;
        for (const FittedLearner& fitted : fitted_) links.emplace_back(fitted.fit.out_of_fold);
        return combine(set_, links, config_, progress_.supervisor());
    }

    void take_members(const Combination& combination) {
        scale_.pool = combination.pool;
        scale_.calibration = combination.calibration;
        for (std::size_t i = 0; i < fitted_.size(); ++i) {
            const double weight = combination.weights[i];
            if (weight > 0) parts_.push_back({fitted_[i].learner->member_kind(), weight, std::move(fitted_[i].fit.member)});
        }
    }

    void describe(const Combination& combination) {
        description_["folds"] = set_.folds;
        auto& members = description_["members"] = Json::array();
        const auto add = [&](const FittedLearner& fitted, double weight, const Json& loss) {
            auto member = Json{{"kind", fitted.learner->name()}, {"weight", weight}, {"out_of_fold_loss", loss}};
            member.update(fitted.fit.description);
            members.push_back(std::move(member));
        };
        for (std::size_t i = 0; i < fitted_.size(); ++i)
            add(fitted_[i], combination.weights[i], out_of_fold_loss(fitted_[i].fit));
        for (const FittedLearner& fitted : given_up_) add(fitted, 0, nullptr);
        description_.update(combination.description);
        if (!single_classes_.empty()) {
            warnings_.push_back(concat("One sample only: ", single_classes_.size() == 1 ? "class " : "classes ",
                                       quoted_list(single_classes_), ". The members are rated on the other classes."));
        }
        if (set_.folds == 0)
            warnings_.emplace_back(
                "Too few samples to hold any out: the members could not be rated, and probabilities are not calibrated.");
    }

    Json out_of_fold_loss(const Fit& fit) const {
        const BlendProblem alone(set_, {fit.out_of_fold});
        if (alone.empty()) return nullptr;
        return alone.loss(std::vector<double>{1});
    }

    const Config& config_;
    Progress progress_;
    Ensemble::Scale scale_;
    TrainingSet set_;
    FoldedObservations all_observations_;  // of all ranks, while set_ has this one's; rows are numbered over all
    std::vector<double> class_weights_;
    std::vector<std::string> single_classes_;
    std::vector<double> class_factors_;  // empty: 1 each
    std::vector<FittedLearner> fitted_;
    std::vector<FittedLearner> given_up_;
    std::vector<Ensemble::Part> parts_;
    Json description_;
    std::vector<std::string> warnings_;
    std::vector<LearningCurve> curves_;
};

// Folds, classes and scales follow from the observations of all ranks, the same as if one had all rows.
EnsembleTraining train_on_ranks(const Samples& samples, const Config& config, Progress progress) {
    std::int64_t first_row = 0;
    Samples all = with_all_observations(samples, config.ranks(), &first_row);
    EnsembleTrainer trainer(all, config, progress, first_row);
    all.observations = Observations();
    return trainer.run();
}

}  // namespace

EnsembleTraining train_ensemble(const Samples& samples, const Config& config, Progress progress) {
    if (config.ranks().several()) return train_on_ranks(samples, config, progress);
    return EnsembleTrainer(samples, config, progress).run();
}

EnsembleTraining train_ensemble(Samples&& samples, const Config& config, Progress progress) {
    if (config.ranks().several()) return train_on_ranks(samples, config, progress);
    EnsembleTrainer trainer(samples, config, progress);
    samples.observations = Observations();
    return trainer.run();
}

}  // namespace mml
