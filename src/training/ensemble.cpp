// SPDX-License-Identifier: Apache-2.0
#include "training/ensemble.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"
#include "learners/loss.hpp"

namespace mml {

namespace {

const Learner& learner_named(const std::string& kind) {
    for (const Learner* learner : learners()) {
        if (kind == learner->name()) return *learner;
    }
    fail(Status::bad_model, concat("damaged model: it has a member of an unknown kind ", mml::quote(kind)));
}

double finite_number(const nlohmann::ordered_json& json, const char* name) {
    const auto found = json.find(name);
    if (found == json.end() || !found->is_number() || !std::isfinite(found->get<double>())) {
        fail(Status::bad_model, concat("damaged model: ", name, " is missing or not a number"));
    }
    return found->get<double>();
}

constexpr std::size_t most_parts = 64;
constexpr double most_classes = 100000;

Ensemble::Scale load_scale(const nlohmann::ordered_json& json) {
    Ensemble::Scale scale;
    const double task = finite_number(json, "task");
    const double classes = finite_number(json, "classes");
    scale.temperature = finite_number(json, "temperature");
    scale.mean = finite_number(json, "mean");
    scale.deviation = finite_number(json, "deviation");
    const bool classifies = task == static_cast<double>(Task::classification) && classes >= 2 && classes <= most_classes;
    const bool regresses = task == static_cast<double>(Task::regression) && classes == 0;
    if ((!classifies && !regresses) || scale.temperature <= 0 || scale.deviation <= 0) {
        fail(Status::bad_model, "damaged model: its task or scale is out of range");
    }
    scale.task = classifies ? Task::classification : Task::regression;
    scale.classes = static_cast<int>(classes);
    return scale;
}

// Links of one row to probabilities; softmax of a single link against 0 for two classes.
void write_probabilities(std::span<const float> links, double temperature, std::span<float> out) {
    if (links.size() == 1) {
        const double link = static_cast<double>(links[0]) / temperature;
        out[0] = static_cast<float>(sigmoid(-link));
        out[1] = static_cast<float>(sigmoid(link));
        return;
    }
    double largest = -INFINITY;
    for (const float link : links) largest = std::max(largest, static_cast<double>(link));
    double sum = 0;
    for (const float link : links) sum += std::exp((static_cast<double>(link) - largest) / temperature);
    for (std::size_t k = 0; k < links.size(); ++k) {
        out[k] = static_cast<float>(std::exp((static_cast<double>(links[k]) - largest) / temperature) / sum);
    }
}

}  // namespace

Ensemble::Ensemble(std::int64_t inputs, Scale scale, std::vector<Part> parts)
    : inputs_(inputs), scale_(scale), parts_(std::move(parts)) {}

void Ensemble::score(const SparseRows& rows, std::int64_t first, std::int64_t last, std::span<float> scores) const {
    const auto answers = static_cast<std::size_t>(outputs());
    const std::size_t links_a_row = scale_.task == Task::regression || scale_.classes == 2 ? 1 : answers;
    const auto count = static_cast<std::size_t>(last - first);
    std::vector<float> links(count * links_a_row);
    for (const Part& part : parts_) part.member->add_scores(rows, first, last, static_cast<float>(part.weight), links);
    for (std::size_t row = 0; row < count; ++row) {
        if (scale_.task == Task::regression) {
            scores[row] = static_cast<float>(scale_.mean + scale_.deviation * static_cast<double>(links[row]));
        } else {
            write_probabilities(std::span(links).subspan(row * links_a_row, links_a_row), scale_.temperature,
                                scores.subspan(row * answers, answers));
        }
    }
}

nlohmann::ordered_json Ensemble::store(Tensors& tensors, const std::string& prefix) const {
    nlohmann::ordered_json json;
    json["inputs"] = inputs_;
    json["task"] = static_cast<int>(scale_.task);
    json["classes"] = scale_.classes;
    json["temperature"] = scale_.temperature;
    json["mean"] = scale_.mean;
    json["deviation"] = scale_.deviation;
    auto& parts = json["parts"] = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        parts_[i].member->store(tensors, concat(prefix, "part", i, "."));
        parts.push_back({{"kind", parts_[i].kind}, {"weight", parts_[i].weight}});
    }
    return json;
}

Ensemble Ensemble::load(const Tensors& tensors, const std::string& prefix, const nlohmann::ordered_json& json) {
    if (!json.is_object()) fail(Status::bad_model, "damaged model: its ensemble is no object");
    const Scale scale = load_scale(json);
    const double inputs = finite_number(json, "inputs");
    const auto parts = json.find("parts");
    const bool valid =
        inputs >= 0 && inputs <= 1e6 && parts != json.end() && parts->is_array() && parts->size() <= most_parts;
    if (!valid) fail(Status::bad_model, "damaged model: its inputs or parts are out of range");
    const int links = scale.task == Task::regression || scale.classes == 2 ? 1 : scale.classes;
    std::vector<Part> loaded;
    for (std::size_t i = 0; i < parts->size(); ++i) {
        const auto& part = (*parts)[i];
        const bool named = part.is_object() && part.contains("kind") && part["kind"].is_string();
        if (!named) fail(Status::bad_model, "damaged model: a part has no kind");
        const auto kind = part["kind"].get<std::string>();
        loaded.push_back(
            {kind, finite_number(part, "weight"),
             learner_named(kind).load(tensors, concat(prefix, "part", i, "."), static_cast<std::int64_t>(inputs), links)});
    }
    return {static_cast<std::int64_t>(inputs), scale, std::move(loaded)};
}

}  // namespace mml
