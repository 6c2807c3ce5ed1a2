// SPDX-License-Identifier: Apache-2.0
#include "model/invariants.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/text.hpp"

namespace mml {

namespace {

bool is_text(const Json& value) { return value.is_string(); }

bool is_described_member(const Json& member) {
    const Json* const kind = member.find("kind");
    const Json* const weight = member.find("weight");
    return kind != nullptr && is_text(*kind) && weight != nullptr && weight->is_number() &&
           member.contains("out_of_fold_loss");
}

// Lists that are absent are in order: models of later releases may have none.
template <typename Holds>
bool all_in_list(const Json* list, Holds holds) {
    return list == nullptr || (list->is_array() && std::ranges::all_of(*list, holds));
}

bool has_its_inputs(const Model& model) { return model.inputs() == model.ensemble().inputs(); }

bool has_different_levels(const Model& model) {
    const Categories& categories = model.categories();
    const bool one_each = categories.empty() || categories.size() == as_size(model.inputs());
    return one_each && std::ranges::all_of(categories, [](const std::vector<std::string>& levels) {
               return std::set<std::string_view>(levels.begin(), levels.end()).size() == levels.size();
           });
}

bool has_finite_origins(const Model& model) {
    constexpr double largest = std::numeric_limits<float>::max();
    const std::vector<double>& origins = model.origins();
    return (origins.empty() || origins.size() == as_size(model.inputs())) &&
           std::ranges::all_of(origins, [](double origin) { return std::abs(origin) <= largest; });
}

bool has_spreads_of_its_inputs(const Model& model) {
    return model.spreads().empty() || model.spreads().size() == as_size(model.inputs());
}

bool has_its_classes(const Model& model) { return model.class_names().size() == as_size(model.ensemble().scale().classes); }

bool has_weights_in_range(const Model& model) {
    constexpr double largest_weight = 1e6;
    return std::ranges::all_of(model.ensemble().parts(),
                               [](const Ensemble::Part& part) { return part.weight >= 0 && part.weight <= largest_weight; });
}

bool has_a_curve_for_each_link(const Model& model) {
    const Ensemble::Scale& scale = model.ensemble().scale();
    const std::size_t links = scale.classes > 0 ? scale.links() : 0;
    return scale.calibration.curves.empty() || scale.calibration.curves.size() == links;
}

bool has_an_offset_for_each_class(const Model& model) {
    const std::vector<double>& offsets = model.decision().offsets();
    return offsets.empty() || offsets.size() == model.class_names().size();
}

bool has_a_prior_of_its_task(const Model& model) {
    return !model.prior().model || model.prior().model->task() == model.task();
}

bool has_a_share_for_its_prior(const Model& model) { return model.prior().share >= 0 && model.prior().share <= 1; }

bool has_a_sample_weight(const Model& model) {
    const SampleWeight& weight = model.sample_weight();
    return weight.own >= 0 && weight.all >= weight.own && weight.all <= largest_sample_weight;
}

bool has_a_readable_description(const Model& model) {
    const Json* const ensemble = model.description().find("ensemble");
    return model.description().is_object() && all_in_list(model.description().find("warnings"), is_text) &&
           (ensemble == nullptr || (ensemble->is_object() && all_in_list(ensemble->find("members"), is_described_member)));
}

constexpr std::array<Invariant, 12> invariants{{
    {"it has another number of input_names than inputs", has_its_inputs},
    {"its categories are not one list of different levels for each input", has_different_levels},
    {"its origins are not one finite number for each input", has_finite_origins},
    {"it has counts of another number of columns than inputs", has_spreads_of_its_inputs},
    {"it has another number of class_names than classes", has_its_classes},
    {"the weight of a part is not 0 to 1e6", has_weights_in_range},
    {"it has another number of calibration curves than links", has_a_curve_for_each_link},
    {"its decision has another number of offsets than classes", has_an_offset_for_each_class},
    {"its prior is for another task", has_a_prior_of_its_task},
    {"its prior's share is not 0 to 1", has_a_share_for_its_prior},
    {"its sample_weight is negative, too large, or less of all than its own", has_a_sample_weight},
    {"its description has warnings that are not a list of texts, or members without kind, weight or loss",
     has_a_readable_description},
}};

}  // namespace

std::span<const Invariant> model_invariants() { return invariants; }

void check_invariants(const Model& model) {
    for (const Invariant& invariant : invariants) {
        if (!invariant.holds(model)) fail(Status::bad_model, concat("damaged model: ", invariant.broken));
    }
}

}  // namespace mml
