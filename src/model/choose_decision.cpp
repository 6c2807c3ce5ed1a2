// SPDX-License-Identifier: Apache-2.0
#include "model/choose_decision.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/index.hpp"
#include "model/rate_out_of_fold.hpp"

namespace mml {

namespace {

// `width` scores a row.
template <typename Number>
void mix_prior(const Model& model, const SparseRows& features, const std::vector<std::int64_t>& rows,
               std::vector<Number>& scores, std::size_t width) {
    if (!model.prior().model) return;
    constexpr std::size_t rows_a_block = 2048;
    for (std::size_t first = 0; first < rows.size(); first += rows_a_block) {
        const std::size_t count = std::min(rows_a_block, rows.size() - first);
        const auto begin = rows.begin() + narrowed<std::ptrdiff_t>(first);
        model.mix_prior(features, {begin, begin + narrowed<std::ptrdiff_t>(count)},
                        std::span(scores).subspan(first * width, count * width));
    }
}

double offset_of(const Decision& decision, std::ptrdiff_t class_index) {
    const bool has = class_index < std::ssize(decision.offsets());
    return has ? item(decision.offsets(), class_index) : 0;
}

// By what share the prior's offsets count. By another rule they say nothing, unless nothing is rated: then the class shares
// of the new samples alone, of which there are few, say nothing of the whole.
double share_of_prior(const Model& model, const DecisionRule& rule, bool is_rated) {
    const bool same_rule = model.prior().model->decision().rule() == rule.text();
    if (!is_rated) return same_rule ? 1 : model.prior().share;
    return same_rule ? model.prior().share : 0;
}

Decision mixed_with_prior(const Decision& own, const DecisionRule& rule, const Model& model, bool is_rated) {
    const double share = share_of_prior(model, rule, is_rated);
    const Model& prior = *model.prior().model;
    std::vector<double> offsets;
    for (const std::string& name : model.class_names()) {
        const std::ptrdiff_t place = std::ranges::find(prior.class_names(), name) - prior.class_names().begin();
        offsets.push_back((1 - share) * offset_of(own, std::ssize(offsets)) + share * offset_of(prior.decision(), place));
    }
    return {rule, std::move(offsets)};
}

}  // namespace

Model with_decision(const Model& model, const DecisionRule& rule, RatedProbabilities out_of_fold,
                    const SparseRows& features) {
    mix_prior(model, features, out_of_fold.rows, out_of_fold.probabilities, out_of_fold.classes);
    Decision decision = fit_decision(out_of_fold, rule);
    if (model.prior().model && rule.kind != DecisionRule::Kind::probable)
        decision = mixed_with_prior(decision, rule, model, out_of_fold.size() > 0);
    Json description = model.description();
    description["decision"] = describe_decision(decision, out_of_fold);
    if (Json rated = rate_out_of_fold(out_of_fold, decision); rated.is_object())
        description["out_of_fold"] = std::move(rated);
    return {model.ensemble(),      model.names(),          model.prior(),
            model.sample_weight(), std::move(description), std::move(decision)};
}

Model with_rating(const Model& model, RatedEstimates out_of_fold, const SparseRows& features) {
    mix_prior(model, features, out_of_fold.rows, out_of_fold.estimates, 1);
    Json description = model.description();
    if (Json rated = rate_out_of_fold(out_of_fold); rated.is_object()) description["out_of_fold"] = std::move(rated);
    return model.described_by(std::move(description));
}

}  // namespace mml
