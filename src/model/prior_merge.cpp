// SPDX-License-Identifier: Apache-2.0
#include "model/prior_merge.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "base/index.hpp"
#include "data/remainders.hpp"
#include "model/category_coding.hpp"
#include "model/column_match.hpp"

namespace mml {

namespace {

constexpr std::uint64_t most_frozen_bytes = 256'000'000;
// What two models differ by at least: that they agree on a few rows does not make them the same.
constexpr double least_distance = 0.01;

// One of the models that a chain of priors consists of.
struct Frozen {
    std::shared_ptr<const Model> model;  // without a prior; its columns called as the outermost model calls them
    double share = 0;                    // of the outermost model's answers
    std::vector<double> scores = {};     // of the rows, in the outermost model's classes
};

Json without_prior(const Json& description) {
    Json own = Json::object();
    for (const auto& [name, value] : description.items()) {
        if (name != "prior") own[name] = value;
    }
    return own;
}

std::shared_ptr<const Model> model_alone(const Model& model, ModelNames names) {
    const double own = model.sample_weight().own;
    return std::make_shared<const Model>(model.ensemble(), std::move(names), Model::Prior{}, SampleWeight{own, own},
                                         without_prior(model.description()), model.decision());
}

ModelNames names_of(const Model& model) { return model.names(); }

// The prior's names, where `names` are those of the model that has it: called so it finds its columns in any model around.
ModelNames names_of_prior(const ModelNames& names, const Model& model) {
    const Model& prior = *model.prior().model;
    ModelNames inner{
        {}, names.named, prior.class_names(), !names.named && prior.by_position(), prior.categories(), prior.origins()};
    for (const std::int32_t column : model.prior_columns()) inner.inputs.push_back(item(names.inputs, column));
    return inner;
}

// From the newest to the oldest.
std::vector<Frozen> frozen_models(const Model& model) {
    std::vector<Frozen> models;
    ModelNames names = names_of(model);
    double rest = 1;
    for (const Model* at = &model; rest > 0;) {
        const Model::Prior& prior = at->prior();
        const double share = prior.model ? rest * (1 - prior.share) : rest;
        if (share > 0) models.push_back({model_alone(*at, names), share});
        if (!prior.model) break;
        rest *= prior.share;
        names = names_of_prior(names, *at);
        at = prior.model.get();
    }
    return models;
}

// The same mixture as a chain of priors again. weight: of the samples behind all of them.
std::shared_ptr<const Model> chained(const std::vector<Frozen>& models, double weight) {
    std::shared_ptr<const Model> chain;
    double rest = 0;
    for (auto frozen = models.rbegin(); frozen != models.rend(); ++frozen) {
        const Model& model = *frozen->model;
        Model::Prior prior;
        if (chain) prior = {std::move(chain), rest / (rest + frozen->share)};
        rest += frozen->share;
        const double own = model.sample_weight().own;
        chain = std::make_shared<const Model>(model.ensemble(), names_of(model), std::move(prior),
                                              SampleWeight{own, std::max(own, weight * rest)}, model.description(),
                                              model.decision());
    }
    return chain;
}

std::size_t length_of_chain(const Model& model) {
    std::size_t length = 1;
    for (const Model* at = model.prior().model.get(); at != nullptr; at = at->prior().model.get()) ++length;
    return length;
}

std::uint64_t stored_bytes(const Model& model) {
    Tensors tensors;
    model.ensemble().store(tensors, "");
    std::uint64_t bytes = 0;
    for (const auto& [name, tensor] : tensors.all())
        bytes += std::visit([](const auto& values) { return values.size() * sizeof(values[0]); }, tensor.values);
    for (const auto* const names : {&model.input_names(), &model.class_names()}) {
        for (const std::string& name : *names) bytes += name.size();
    }
    return bytes;
}

// Some of the samples' rows, evenly spaced.
Dataset rows_to_compare_on(const Samples& samples, std::int64_t outputs) {
    const std::int64_t most = std::clamp<std::int64_t>(65536 / outputs, 16, 256);
    const std::int64_t count = std::min(most, samples.features.rows());
    std::vector<std::int64_t> rows;
    for (std::int64_t i = 0; i < count; ++i) rows.push_back(i * samples.features.rows() / count);
    Dataset dataset;
    dataset.source = "the data set";
    dataset.features = selected(with_table_codes(samples), rows);
    if (!samples.origins.empty())
        std::tie(dataset.features, dataset.remainders) = counted_from_zero(dataset.features, samples.origins);
    dataset.column_names = samples.column_names;
    dataset.named = samples.named;
    dataset.categories = samples.categories;
    return dataset;
}

class Merge {
public:
    Merge(const Model& model, const Samples& samples)
        : model_(model),
          models_(frozen_models(model)),
          outputs_(as_size(model.outputs())),
          table_(rows_to_compare_on(samples, model.outputs())),
          rows_(as_size(table_.rows())),
          unit_(model.ensemble().scale().deviation) {
        for (Frozen& frozen : models_) {
            frozen.scores = scores_of(*frozen.model);
            bytes_.push_back(stored_bytes(*frozen.model));
        }
    }

    // The change is that of whole models: of levels that a model between did not know, the sum of shares knows nothing.
    MergedPriors run() {
        std::size_t merged = 0;
        for (; exceeds_limits(); ++merged) merge_two();
        std::shared_ptr<const Model> chain = chained(models_, model_.sample_weight().all);
        const double change = distance(scores_of(model_), scores_of(*chain));
        return {std::move(chain), models_.size(), merged, change};
    }

private:
    // Of the rows, in the outermost model's classes.
    std::vector<double> scores_of(const Model& model) const {
        const auto width = as_size(model.outputs());
        std::vector<float> scores(rows_ * width);
        model.predict(table_, 1, scores);
        auto places = match_class_names(model.class_names(), model_.class_names());
        if (places.empty()) places.push_back(0);
        std::vector<double> placed(rows_ * outputs_);
        for (std::size_t i = 0; i < scores.size(); ++i) {
            const auto place = as_size(places[i % width]);
            placed[i / width * outputs_ + place] += static_cast<double>(scores[i]);
        }
        return placed;
    }

    bool exceeds_limits() const {
        std::uint64_t bytes = 0;
        for (const std::uint64_t each : bytes_) bytes += each;
        return models_.size() > 1 && (models_.size() > most_frozen_models || bytes > most_frozen_bytes);
    }

    double distance(std::span<const double> a, std::span<const double> b) const {
        double sum = 0;
        for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(a[i] - b[i]);
        return sum / static_cast<double>(outputs_ > 1 ? 2 * rows_ : rows_);
    }

    double samples_of(std::size_t place) const { return models_[place].model->sample_weight().own; }

    // Of the two the one that was trained on fewer samples goes, else the older one, which comes later in the list.
    void merge_two() {
        std::size_t goes = 0, stays = 0;
        double least = HUGE_VAL;
        for (std::size_t newer = 0; newer < models_.size(); ++newer) {
            for (std::size_t older = newer + 1; older < models_.size(); ++older) {
                const bool older_goes = samples_of(newer) >= samples_of(older);
                const std::size_t candidate = older_goes ? older : newer;
                const double apart = distance(models_[newer].scores, models_[older].scores) / unit_;
                const double cost = models_[candidate].share * (least_distance + apart);
                if (cost >= least) continue;
                least = cost;
                goes = candidate;
                stays = older_goes ? newer : older;
            }
        }
        models_[stays].share += models_[goes].share;
        models_.erase(models_.begin() + narrowed<std::ptrdiff_t>(goes));
        bytes_.erase(bytes_.begin() + narrowed<std::ptrdiff_t>(goes));
    }

    const Model& model_;
    std::vector<Frozen> models_;
    std::vector<std::uint64_t> bytes_;  // of each model
    std::size_t outputs_;
    Dataset table_;
    std::size_t rows_;
    double unit_;
};

}  // namespace

MergedPriors merge_priors(const std::shared_ptr<const Model>& model, const Samples& samples) {
    const std::size_t models = length_of_chain(*model);
    std::uint64_t bytes = 0;
    for (const Model* at = model.get(); at != nullptr; at = at->prior().model.get()) bytes += stored_bytes(*at);
    if (models <= most_frozen_models && bytes <= most_frozen_bytes) return {model, models};
    return Merge(*model, samples).run();
}

}  // namespace mml
