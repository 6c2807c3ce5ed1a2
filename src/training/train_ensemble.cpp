// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"
#include "training/blend.hpp"
#include "training/ensemble.hpp"

namespace mml {

namespace {

// Every class (or the whole, for regression) must leave something to train on when a fold is held out.
int usable_folds(const Samples& samples, int wanted) {
    std::vector<std::int64_t> counts(samples.task == Task::classification ? samples.class_names.size() : 1);
    for (const Observation& observation : samples.observations) {
        counts[samples.task == Task::classification ? static_cast<std::size_t>(observation.class_index) : 0] +=
            observation.count;
    }
    std::erase(counts, 0);
    const std::int64_t smallest = counts.empty() ? 0 : *std::ranges::min_element(counts);
    const auto folds = static_cast<int>(std::min<std::int64_t>(wanted, smallest));
    const bool one_class = samples.task == Task::classification && counts.size() < 2;
    return folds < 2 || one_class ? 0 : folds;
}

Ensemble::Scale scale_of(const Samples& samples) {
    Ensemble::Scale scale;
    scale.task = samples.task;
    if (samples.task == Task::classification) {
        scale.classes = static_cast<int>(samples.class_names.size());
        return scale;
    }
    double weight = 0, sum = 0, squares = 0;
    for (const Observation& observation : samples.observations) {
        weight += observation.weight;
        sum += observation.weight * observation.value;
    }
    scale.mean = sum / weight;
    for (const Observation& observation : samples.observations) {
        squares += observation.weight * (observation.value - scale.mean) * (observation.value - scale.mean);
    }
    const double deviation = std::sqrt(squares / weight);
    // A constant target is predicted by its mean alone.
    scale.deviation = deviation > 1e-12 * std::max(1.0, std::abs(scale.mean)) ? deviation : 1;
    if (!std::isfinite(scale.mean) || !std::isfinite(scale.deviation)) {
        fail(Status::bad_data, "the target's values are too large to average: scale them to a smaller range");
    }
    return scale;
}

TrainingSet training_set(const Samples& samples, const Config& config, const Ensemble::Scale& scale) {
    const auto seed = static_cast<std::uint64_t>(config.integer(OptionId::seed));
    const int folds = usable_folds(samples, static_cast<int>(config.integer(OptionId::folds)));
    TrainingSet set{
        samples.features, deal_into_folds(samples, std::max(1, folds), seed), samples.task, scale.classes, folds, seed};
    for (FoldedObservation& observation : set.observations)
        observation.value = (observation.value - scale.mean) / scale.deviation;
    return set;
}

struct FittedLearner {
    std::string name;
    Fit fit;
};

class EnsembleTrainer {
public:
    EnsembleTrainer(const Samples& samples, const Config& config, Share share)
        : config_(config), share_(share), scale_(scale_of(samples)), set_(training_set(samples, config, scale_)) {}

    EnsembleTraining run() {
        const auto wanted = wanted_learners();
        check_memory(wanted);
        share_.supervisor().enter(Phase::training);
        double cost = 0;
        for (const Learner* learner : wanted) cost += learner->cost(config_);
        for (const Learner* learner : wanted) fit_learner(*learner, learner->cost(config_) / cost);
        share_.supervisor().enter(Phase::calibrating);
        if (fitted_.empty()) {
            fail(Status::limit, "the time limit came before any member could be trained: raise option time_limit");
        }
        blend();
        if (share_.supervisor().was_cut_short())
            warnings_.emplace_back("The time limit was reached: the model is the best that could be trained by then.");
        return {Ensemble(set_.features.columns(), scale_, std::move(parts_)), std::move(description_), std::move(warnings_),
                std::move(curves_)};
    }

private:
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

    void check_memory(const std::vector<const Learner*>& wanted) const {
        const std::int64_t limit = config_.integer(OptionId::memory_limit) * 1000000;
        if (limit == 0) return;
        std::int64_t most = 0;
        for (const Learner* learner : wanted) most = std::max(most, learner->memory(set_, config_));
        const std::int64_t held =
            set_.features.bytes() + static_cast<std::int64_t>(set_.observations.size() * sizeof(FoldedObservation));
        if (most + held > limit) {
            fail(Status::limit,
                 concat("training would take about ", (most + held) / 1000000 + 1, " MB, option memory_limit allows ",
                        limit / 1000000, ": raise it, use fewer threads or networks, or train on fewer samples"));
        }
    }

    void fit_learner(const Learner& learner, double share) {
        Fit fit = learner.fit(set_, config_, share_.part(share));
        share_.supervisor().check();
        for (LearningCurve& curve : fit.curves) curves_.push_back(std::move(curve));
        if (fit.member) fitted_.push_back({learner.name(), std::move(fit)});
    }

    void blend() {
        std::vector<std::span<const float>> links;
        for (const FittedLearner& fitted : fitted_) links.emplace_back(fitted.fit.out_of_fold);
        const BlendProblem problem(set_, links);
        const std::vector<double> weights = blend_weights(problem, fitted_.size());
        const bool calibrates = scale_.task == Task::classification && config_.text(OptionId::calibration) == "temperature";
        if (calibrates) scale_.temperature = fit_temperature(problem, weights);
        describe(problem, weights);
        for (std::size_t i = 0; i < fitted_.size(); ++i) {
            if (weights[i] > 0) parts_.push_back({fitted_[i].name, weights[i], std::move(fitted_[i].fit.member)});
        }
    }

    void describe(const BlendProblem& problem, const std::vector<double>& weights) {
        description_["folds"] = set_.folds;
        auto& members = description_["members"] = nlohmann::ordered_json::array();
        for (std::size_t i = 0; i < fitted_.size(); ++i) {
            auto member = nlohmann::ordered_json{{"kind", fitted_[i].name}, {"weight", weights[i]}};
            std::vector<double> alone(fitted_.size());
            alone[i] = 1;
            member["out_of_fold_loss"] =
                problem.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(problem.loss(alone, 1));
            member.update(fitted_[i].fit.description);
            members.push_back(std::move(member));
        }
        description_["out_of_fold_loss"] =
            problem.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(problem.loss(weights, scale_.temperature));
        description_["temperature"] = scale_.temperature;
        if (set_.folds == 0)
            warnings_.emplace_back(
                "Too few samples to hold any out: the members could not be rated, and probabilities are not calibrated.");
    }

    const Config& config_;
    Share share_;
    Ensemble::Scale scale_;
    TrainingSet set_;
    std::vector<FittedLearner> fitted_;
    std::vector<Ensemble::Part> parts_;
    nlohmann::ordered_json description_;
    std::vector<std::string> warnings_;
    std::vector<LearningCurve> curves_;
};

}  // namespace

EnsembleTraining train_ensemble(const Samples& samples, const Config& config, Share share) {
    return EnsembleTrainer(samples, config, share).run();
}

}  // namespace mml
