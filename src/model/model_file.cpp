// SPDX-License-Identifier: Apache-2.0
#include "model/model_file.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "ensemble/shared_networks_member.hpp"
#include "model/container.hpp"

namespace mml {

namespace {

// Weights hardly compress, and inflating them would be most of the time of a one-row prediction.
constexpr int compression = 0;
// A release that did not merge priors stored up to 66, which it could not read again.
constexpr int most_priors = 100;

[[noreturn]] void refuse(const std::string& what) { fail(Status::bad_model, concat("damaged model: ", what)); }

// The levels of each input; an empty list: it is a number.
Json categories_json(const Categories& categories) {
    Json json = Json::array();
    for (const std::vector<std::string>& levels : categories) json.push_back(levels.empty() ? Json::array() : Json(levels));
    return json;
}

// Whether trees have directions for empty cells, which format 1 does not know.
bool sends_empty_cells(const Tensors& tensors) {
    return std::ranges::any_of(tensors.all(), [](const auto& tensor) { return tensor.first.ends_with(".empty_moves"); });
}

bool has_categories(const Model& model) {
    return !model.categories().empty() || (model.prior().model && has_categories(*model.prior().model));
}

bool has_origins(const Model& model) {
    return !model.origins().empty() || (model.prior().model && has_origins(*model.prior().model));
}

bool has_shared_networks(const Model& model) {
    const bool own = std::ranges::any_of(model.ensemble().parts(),
                                         [](const Ensemble::Part& part) { return part.kind == SharedNetworksMember::kind; });
    return own || (model.prior().model && has_shared_networks(*model.prior().model));
}

// The oldest format that can hold the model.
int format_of(const Model& model, const Tensors& tensors) {
    const bool newer =
        has_categories(model) || has_origins(model) || has_shared_networks(model) || sends_empty_cells(tensors);
    return newer ? 2 : 1;
}

Json model_json(const Model& model, Tensors& tensors, const std::string& prefix) {
    Json json;
    json["input_names"] = model.input_names();
    json["named"] = model.named();
    json["class_names"] = model.class_names();
    if (model.by_position()) json["by_position"] = true;
    if (!model.categories().empty()) json["categories"] = categories_json(model.categories());
    for (const double origin : model.origins()) json["origins"].push_back(origin);
    json["ensemble"] = model.ensemble().store(tensors, prefix);
    if (model.decision() != Decision()) json["decision"] = model.decision().store();
    json["sample_weight"] = {{"own", model.sample_weight().own}, {"all", model.sample_weight().all}};
    json["description"] = model.description();
    if (model.prior().model) {
        json["prior"] = {{"share", model.prior().share},
                         {"model", model_json(*model.prior().model, tensors, prefix + "prior.")}};
    }
    return json;
}

std::vector<std::string> names_from(const Json& json, const char* field) {
    const Json* const found = json.find(field);
    if (found == nullptr || !found->is_array()) refuse(concat(field, " is missing"));
    std::vector<std::string> names;
    for (const Json& name : *found) {
        if (!name.is_string()) refuse(concat(field, " holds something other than text"));
        names.push_back(name.get<std::string>());
    }
    return names;
}

const Json& object_in(const Json& json, const char* field) {
    const Json* const found = json.find(field);
    if (found == nullptr || !found->is_object()) refuse(concat(field, " is missing"));
    return *found;
}

Categories categories_from(const Json& json) {
    const Json* const found = json.find("categories");
    if (found == nullptr) return {};
    if (!found->is_array()) refuse("categories is not a list");
    Categories categories;
    for (const Json& levels : *found) {
        if (!levels.is_array()) refuse("the levels of a category are not a list");
        std::vector<std::string>& texts = categories.emplace_back();
        for (const Json& level : levels) {
            if (!level.is_string()) refuse("a level of a category is not a text");
            texts.push_back(level.get<std::string>());
        }
    }
    return categories;
}

std::vector<double> origins_from(const Json& json) {
    const Json* const found = json.find("origins");
    if (found == nullptr) return {};
    if (!found->is_array()) refuse("origins is not a list");
    std::vector<double> origins;
    for (const Json& origin : *found) {
        if (!origin.is_number()) refuse("origins holds something other than numbers");
        origins.push_back(origin.get<double>());
    }
    return origins;
}

ModelNames model_names_from(const Json& json) {
    ModelNames names{names_from(json, "input_names"), false, names_from(json, "class_names"), false};
    const Json* const named = json.find("named");
    const Json* const by_position = json.find("by_position");
    if (named == nullptr || !named->is_boolean()) refuse("named is missing");
    if (by_position != nullptr && !by_position->is_boolean()) refuse("by_position is neither true nor false");
    names.named = named->get<bool>();
    names.by_position = by_position != nullptr && by_position->get<bool>();
    names.categories = categories_from(json);
    names.origins = origins_from(json);
    return names;
}

double number_in(const Json& json, const char* field) {
    const Json* const found = json.find(field);
    if (found == nullptr || !found->is_number()) refuse(concat(field, " is missing or not a number"));
    return found->get<double>();
}

// Files of the first releases tell it in their description alone, where a model without one weighs nothing.
SampleWeight sample_weight_from(const Json& json, const Model* prior) {
    if (json.contains("sample_weight")) {
        const Json& weight = object_in(json, "sample_weight");
        return {number_in(weight, "own"), number_in(weight, "all")};
    }
    const Json* const samples = object_in(json, "description").find("samples");
    const bool told = samples != nullptr && samples->contains("weight");
    const double own = told ? number_in(*samples, "weight") : 0;
    return {own, own + (prior == nullptr ? 0 : prior->sample_weight().all)};
}

std::shared_ptr<const Model> model_from_json(const Json& json, const Tensors& tensors, const std::string& prefix,
                                             int depth) {
    if (!json.is_object()) refuse("its description is not an object");
    if (depth > most_priors) refuse("it has too many prior models within each other");
    Ensemble ensemble = Ensemble::load(tensors, prefix, object_in(json, "ensemble"));
    ModelNames names = model_names_from(json);
    if (depth == 0) names.spreads = load_spreads(tensors);
    Model::Prior prior;
    if (json.contains("prior")) {
        const Json& part = object_in(json, "prior");
        prior = {model_from_json(object_in(part, "model"), tensors, prefix + "prior.", depth + 1), number_in(part, "share")};
    }
    const SampleWeight weight = sample_weight_from(json, prior.model.get());
    const Json* const decision = json.find("decision");
    Decision chosen = decision == nullptr ? Decision() : Decision::load(*decision, ensemble.scale().classes);
    return std::make_shared<const Model>(std::move(ensemble), std::move(names), std::move(prior), weight,
                                         object_in(json, "description"), std::move(chosen));
}

Binding binding_from(const Container& container) {
    Binding binding;
    long long generation = 0;
    const auto number = container.texts.find("generation");
    const auto hash = container.texts.find("samples_hash");
    if (number == container.texts.end() || hash == container.texts.end() || !parse_integer(number->second, &generation) ||
        generation < 0 || generation > largest_generation) {
        refuse("its generation is missing or out of range");
    }
    binding.generation = generation;
    binding.samples_hash = hash->second;
    return binding;
}

// Nothing is given away or stored that a reader refuses: a file may replace the only one there is.
void check_readable(std::string_view bytes) {
    if (bytes.size() > largest_model_file) {
        fail(Status::limit, concat("the model takes ", bytes.size(), " bytes, a file of one has at most ",
                                   largest_model_file, ": train fewer or smaller networks, or on fewer columns"));
    }
    try {
        model_from_bytes(bytes, "what was made of it");
    } catch (const Error& error) {
        fail(error.status() == Status::limit ? Status::limit : Status::internal,
             concat("the model cannot be stored, because it could not be read again: ", error.what()));
    }
}

}  // namespace

std::string model_bytes(const Model& model, const Binding& binding) {
    Container container;
    container.texts["model"] = model_json(model, container.tensors, "").dump();
    container.format_version = format_of(model, container.tensors);
    store_spreads(model.spreads(), container.tensors);
    container.texts["generation"] = number_text(binding.generation);
    container.texts["samples_hash"] = binding.samples_hash;
    std::string bytes = container_bytes(container, "model", compression);
    check_readable(bytes);
    return bytes;
}

std::shared_ptr<const Model> model_from_bytes(std::string_view bytes, const std::string& name, Binding* binding,
                                              const Loading& loading) {
    const Container container = container_from_bytes(bytes, "model", name, largest_model_file, loading);
    const auto text = container.texts.find("model");
    if (text == container.texts.end()) refuse(concat("its description is missing in ", name));
    loading.pause();
    const std::optional<Json> json = Json::parse(text->second);
    loading.pause();
    if (!json) refuse(concat("its description is not JSON in ", name));
    const Binding found = binding_from(container);
    std::shared_ptr<const Model> model;
    try {
        model = model_from_json(*json, container.tensors, "", 0);
    } catch (const Error& error) {
        if (error.status() == Status::mismatch) refuse(concat("its prior does not fit it in ", name));
        fail(error.status(), concat(name, ": ", std::string(error.what())));
    }
    if (binding != nullptr) *binding = found;
    return model;
}

void save_model(const Model& model, const std::string& path, unsigned mode, const Binding& binding, bool* in_place) {
    constexpr std::size_t longest_path_shown = 1024;
    bool replaced = false;
    if (in_place == nullptr) in_place = &replaced;
    try {
        replace_file(path, model_bytes(model, binding), mode, in_place);
    } catch (const Error& error) {
        if (!*in_place) throw;
        fail(error.status(), concat("the model is in place as ", quote(path, longest_path_shown),
                                    ", but may be lost at a power cut: ", error.what()));
    }
}

std::shared_ptr<const Model> load_model(const std::string& path, Binding* binding, const Loading& loading) {
    return model_from_bytes(loading.read_file(path, largest_model_file), path, binding, loading);
}

}  // namespace mml
