// SPDX-License-Identifier: Apache-2.0
#include "training/combination.hpp"

#include <algorithm>
#include <optional>

namespace mml {

namespace {

// What the pool of log-odds must save in all to be taken, in units of one sample's loss. Out of fold the two hardly differ.
// On rows unlike any trained on a member may be sure and wrong: the mean of probabilities costs at most its weight's
// logarithm more than the other members, that of log-odds any amount.
constexpr double log_odds_must_save = 4;

const char* name_of(Pool pool) { return pool == Pool::log_odds ? "log_odds" : "probability"; }

struct Blend {
    Pool pool;
    std::vector<double> weights;
    double loss;          // at its best temperature, for a pool of probabilities is never sure enough
    double rated_weight;  // of the samples that the loss is the mean of; 0: there are none
};

std::vector<Pool> wanted_pools(const TrainingSet& set, std::size_t members, const Config& config) {
    const std::string& wanted = config.text(OptionId::pool);
    if (set.task == Task::regression || members < 2 || wanted == "log_odds") return {Pool::log_odds};
    if (wanted == "probability") return {Pool::probability};
    return {Pool::probability, Pool::log_odds};
}

Blend fit_blend(const TrainingSet& set, const std::vector<std::span<const float>>& links, Pool pool, const Pause& pause) {
    const BlendProblem problem(set, links, pool);
    Blend blend{pool, blend_weights(problem, links.size(), pause), 0, problem.weight()};
    if (problem.empty()) return blend;
    const RatedLinks rated = problem.pooled(blend.weights);
    blend.loss = rated.loss({set.task == Task::classification ? fit_temperature(rated) : 1, {}});
    return blend;
}

bool is_one_member(const Blend& blend) {
    return std::ranges::count_if(blend.weights, [](double weight) { return weight > 0; }) < 2;
}

RatedProbabilities calibrated(const RatedLinks& rated, const Calibration& calibration) {
    RatedProbabilities all{.classes = rated.set.classes};
    std::vector<double> shares(all.classes);
    all.probabilities.reserve(rated.observations.size() * all.classes);
    for (std::size_t i = 0; i < rated.observations.size(); ++i) {
        const FoldedObservation& observation = rated.set.observations[rated.observations[i]];
        calibration.write(rated.of(i), shares);
        for (const double probability : shares) all.probabilities.push_back(static_cast<float>(probability));
        all.labels.push_back(observation.class_index);
        all.weights.push_back(observation.weight);
        all.rows.push_back(observation.row);
        all.counts.push_back(observation.count);
    }
    return all;
}

RatedEstimates estimates_of(const RatedLinks& rated) {
    RatedEstimates all;
    for (std::size_t i = 0; i < rated.observations.size(); ++i) {
        const FoldedObservation& observation = rated.set.observations[rated.observations[i]];
        all.estimates.push_back(rated.of(i).front());
        all.targets.push_back(observation.value);
        all.weights.push_back(static_cast<float>(observation.weight));
        all.rows.push_back(observation.row);
        all.counts.push_back(observation.count);
    }
    return all;
}

Json number_or_null(std::optional<double> number) { return number ? Json(*number) : Json(); }

// Of the links with the calibration that was chosen; of curves on the folds that they were not fitted on.
std::optional<double> out_of_fold_loss(const RatedLinks& rated, const CalibrationChoice& choice) {
    if (rated.observations.empty()) return std::nullopt;
    return choice.kind == "isotonic" ? choice.losses.isotonic : rated.loss(choice.calibration);
}

Json json_of(const CalibrationLosses& losses) {
    Json json = Json::object();
    if (losses.none) json["none"] = *losses.none;
    if (losses.temperature) json["temperature"] = *losses.temperature;
    if (losses.isotonic) json["isotonic"] = *losses.isotonic;
    return json;
}

}  // namespace

Combination combine(const TrainingSet& set, const std::vector<std::span<const float>>& links, const Config& config,
                    const Pause& pause) {
    const std::vector<Pool> pools = wanted_pools(set, links.size(), config);
    Blend best = fit_blend(set, links, pools[0], pause);
    Combination combination;
    if (pools.size() > 1 && is_one_member(best)) {
        best.pool = Pool::log_odds;  // the same answers, by the shorter way
    } else if (pools.size() > 1 && best.rated_weight > 0) {
        Blend other = fit_blend(set, links, pools[1], pause);
        combination.description["pool_losses"] = {{name_of(best.pool), best.loss}, {name_of(other.pool), other.loss}};
        if (other.loss + log_odds_must_save / best.rated_weight < best.loss) best = std::move(other);
    }
    combination.description["pool"] = name_of(best.pool);
    const RatedLinks rated = BlendProblem(set, links, best.pool).pooled(best.weights);
    CalibrationChoice choice = choose_calibration(rated, config.text(OptionId::calibration));
    combination.description["out_of_fold_loss"] = number_or_null(out_of_fold_loss(rated, choice));
    combination.description["temperature"] = choice.calibration.temperature;
    combination.description["calibration"] = choice.kind;
    if (Json losses = json_of(choice.losses); !losses.empty())
        combination.description["calibration_losses"] = std::move(losses);
    combination.pool = best.pool;
    combination.weights = std::move(best.weights);
    combination.calibration = std::move(choice.calibration);
    if (set.task == Task::classification) {
        combination.out_of_fold = calibrated(rated, combination.calibration);
    } else {
        combination.estimates = estimates_of(rated);
    }
    return combination;
}

}  // namespace mml
