// SPDX-License-Identifier: Apache-2.0
#include "model/train_model.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_set>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "model/category_coding.hpp"
#include "model/choose_decision.hpp"
#include "model/column_match.hpp"
#include "model/prior_merge.hpp"
#include "training/train_ensemble.hpp"

namespace mml {

namespace {

constexpr const char* weightless_prior =
    "The earlier model does not say how many samples it was trained on: it has no share in the answers.";

std::vector<std::string> as_utf8(const std::vector<std::string>& names) {
    std::vector<std::string> result;
    result.reserve(names.size());
    for (const std::string& name : names) result.push_back(valid_utf8(name));
    return result;
}

std::vector<double> class_weights(const Samples& samples, const Ranks& ranks) {
    std::vector<double> weights(samples.class_names.size());
    for (const Observation& observation : samples.observations) item(weights, observation.class_index) += observation.weight;
    ranks.sum(std::span(weights));
    return weights;
}

void check_classes(const Samples& samples, const Model* prior, const Ranks& ranks) {
    if (samples.class_names.size() < 2) {
        fail(Status::not_enough_data, "classification needs at least two classes: give samples of another class");
    }
    const auto weights = class_weights(samples, ranks);
    std::unordered_set<std::string_view> known;
    if (prior != nullptr) known = {prior->class_names().begin(), prior->class_names().end()};
    for (std::size_t k = 0; k < weights.size(); ++k) {
        if (weights[k] > 0 || known.contains(samples.class_names[k])) continue;
        fail(Status::not_enough_data,
             concat("the class ", mml::quote(samples.class_names[k]), " has no sample: give samples of every class"));
    }
}

void check_task(const Samples& samples, const Model* prior) {
    if (prior != nullptr && prior->task() != samples.task) {
        fail(Status::mismatch,
             "the model to continue from is for another task (classification, regression) than the samples");
    }
}

void check(const Samples& samples, const Model* prior, const Ranks& ranks) {
    if (ranks.several() && prior != nullptr) {
        fail(Status::invalid_argument,
             "training on several ranks cannot continue from an earlier model: train without one, or on one rank");
    }
    if (!ranks.any(!samples.observations.empty())) fail(Status::not_enough_data, "there is no sample to train on");
    if (samples.task == Task::classification) check_classes(samples, prior, ranks);
}

std::shared_ptr<const Model> named_after(const Model& prior, const Samples& samples) {
    return std::make_shared<const Model>(
        prior.named_after(samples.column_names, samples.named, samples.class_names, "the data set"));
}

Json learner_options(const Config& config) {
    Json json;
    for (const Option& option : options()) {
        if (option.id == OptionId::seed || std::string_view(option.group) == "learners")
            json[option.name] = config.text(option.id);
    }
    return json;
}

Json describe(const Samples& samples, const Config& config) {
    const Ranks& ranks = config.ranks();
    const double weight = ranks.sum(samples.weight());
    Json json;
    json["schema"] = 1;
    json["task"] = task_name(samples.task);
    json["samples"] = {
        {"count", ranks.sum(samples.count())}, {"weight", weight}, {"distinct_rows", ranks.sum(samples.features.rows())}};
    json["columns"] = samples.column_names.size();
    if (!samples.target_name.empty()) json["target"] = valid_utf8(samples.target_name);
    if (!samples.class_names.empty()) {
        const auto weights = class_weights(samples, ranks);
        auto& classes = json["classes"] = Json::array();
        for (std::size_t k = 0; k < weights.size(); ++k) {
            classes.push_back({{"name", valid_utf8(samples.class_names[k])}, {"share", weights[k] / weight}});
        }
    }
    json["options"] = learner_options(config);
    json["version"] = library_version();
    for (const OptionId id : {OptionId::trained_at, OptionId::intended_use}) {
        if (!config.text(id).empty()) json[option(id).name] = config.text(id);
    }
    return json;
}

// Classes that only the prior has seen belong to the new model as well.
Samples with_classes_of(const Samples& samples, const Model& prior) {
    Samples extended = samples;
    std::unordered_set<std::string_view> known(samples.class_names.begin(), samples.class_names.end());
    for (const std::string& name : prior.class_names()) {
        if (known.insert(name).second) extended.class_names.push_back(name);
    }
    return extended;
}

// What of the prior a description shows: of the models within it the count.
Json describe(const MergedPriors& prior, double share) {
    Json json = {{"share", share}, {"description", Json::object()}, {"models", prior.models}};
    for (const auto& [name, value] : prior.model->description().items()) {
        if (name != "prior") json["description"][name] = value;
    }
    if (prior.merged > 0) json["merged"] = {{"models", prior.merged}, {"change", prior.change}};
    return json;
}

std::string merge_warning(const MergedPriors& prior) {
    const bool one = prior.merged == 1;
    return concat("The model continues from ", prior.models, " earlier models, the most that it can hold. ", prior.merged,
                  one ? " more was" : " more were", " left out; similar ones answer in ", one ? "its" : "their",
                  " place. On these samples that changes the earlier models' answers by ",
                  std::round(1e5 * prior.change) / 1e5, " on average.");
}

// Each once.
std::vector<std::string> of_all_ranks(const std::vector<std::string>& warnings, const Ranks& ranks) {
    if (!ranks.several()) return warnings;
    std::vector<std::string> all;
    for (const auto& own : ranks.gathered_texts(warnings)) {
        for (const std::string& warning : own) {
            if (std::ranges::find(all, warning) == all.end()) all.push_back(warning);
        }
    }
    return all;
}

// spent: the samples, where they need not stay whole. Categories have the model's levels.
Training train(const Samples& samples, Samples* spent, const Config& config, std::shared_ptr<const Model> prior,
               const std::vector<std::string>& level_warnings, Progress progress) {
    const Ranks& ranks = config.ranks();
    check_task(samples, prior.get());
    if (prior && prior->by_position()) prior = named_after(*prior, samples);
    check(samples, prior.get(), ranks);
    if (!samples.class_names.empty()) check_decision_classes(config.decision_rule(), samples.class_names.size());
    if (prior && !all_among(prior->class_names(), samples.class_names)) {
        Samples extended = with_classes_of(samples, *prior);
        return train(extended, &extended, config, prior, level_warnings, progress);
    }
    progress.supervisor().enter(Phase::preparing);
    auto description = describe(samples, config);
    if (ranks.several()) description["ranks"] = ranks.size();
    ColumnSpreads spreads = spread_of(samples, ranks);
    const MergedPriors earlier = prior ? merge_priors(prior, samples) : MergedPriors{};
    const double sample_weight = std::min(largest_sample_weight, ranks.sum(samples.weight()));
    EnsembleTraining trained =
        spent != nullptr ? train_ensemble(std::move(*spent), config, progress) : train_ensemble(samples, config, progress);
    description["ensemble"] = std::move(trained.description);
    Model::Prior part;
    SampleWeight weight{sample_weight, sample_weight};
    if (earlier.model) {
        const double others = earlier.model->sample_weight().all;
        if (others == 0) trained.warnings.emplace_back(weightless_prior);
        if (earlier.merged > 0) trained.warnings.push_back(merge_warning(earlier));
        weight.all = std::min(largest_sample_weight, sample_weight + others);
        part = {earlier.model, others / (others + sample_weight)};
        description["prior"] = describe(earlier, part.share);
    }
    trained.warnings.insert(trained.warnings.begin(), level_warnings.begin(), level_warnings.end());
    const std::vector<std::string> sample_warnings = of_all_ranks(samples.warnings, ranks);
    trained.warnings.insert(trained.warnings.begin(), sample_warnings.begin(), sample_warnings.end());
    description["warnings"] = trained.warnings;
    ModelNames names{as_utf8(samples.column_names),
                     samples.named,
                     as_utf8(samples.class_names),
                     false,
                     samples.categories,
                     samples.origins};
    names.spreads = std::move(spreads);
    Model model(std::move(trained.ensemble), std::move(names), std::move(part), weight, std::move(description));
    if (model.task() == Task::classification)
        model = with_decision(model, config.decision_rule(), std::move(trained.out_of_fold), samples.features);
    else
        model = with_rating(model, std::move(trained.estimates), samples.features);
    return {std::make_shared<const Model>(std::move(model)), std::move(trained.curves)};
}

Training train_on_levels(const Samples& samples, const Config& config, std::shared_ptr<const Model> prior,
                         Progress progress) {
    std::vector<std::string> warnings;
    const std::vector<std::string> needed = prior ? prior->input_names() : std::vector<std::string>();
    Samples coded = with_model_levels(samples, config, needed, warnings);
    return train(coded, &coded, config, std::move(prior), warnings, progress);
}

}  // namespace

Training train_model(const Samples& samples, const Config& config, std::shared_ptr<const Model> prior, Progress progress) {
    if (!samples.categories.empty()) return train_on_levels(samples, config, std::move(prior), progress);
    return train(samples, nullptr, config, std::move(prior), {}, progress);
}

Training train_model(Samples&& samples, const Config& config, std::shared_ptr<const Model> prior, Progress progress) {
    if (!samples.categories.empty()) return train_on_levels(samples, config, std::move(prior), progress);
    return train(samples, &samples, config, std::move(prior), {}, progress);
}

}  // namespace mml
