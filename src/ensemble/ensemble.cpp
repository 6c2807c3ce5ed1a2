// SPDX-License-Identifier: Apache-2.0
#include "ensemble/ensemble.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/text.hpp"

namespace mml {

namespace {

double finite_number(const Json& json, const char* name) {
    const Json* const found = json.find(name);
    if (found == nullptr || !found->is_number() || !std::isfinite(found->get<double>())) {
        fail(Status::bad_model, concat("damaged model: ", name, " is missing or not a number"));
    }
    return found->get<double>();
}

double whole_number(const Json& json, const char* name) {
    const double number = finite_number(json, name);
    if (number != std::trunc(number)) fail(Status::bad_model, concat("damaged model: ", name, " is not a whole number"));
    return number;
}

constexpr std::size_t most_parts = 64;
constexpr double most_classes = 100000;

Pool load_pool(const Json& json) {
    const Json* const found = json.find("pool");
    if (found == nullptr) return Pool::log_odds;
    if (*found != "probability") fail(Status::bad_model, "damaged model: its pool is unknown");
    return Pool::probability;
}

Ensemble::Scale load_scale(const Json& json) {
    Ensemble::Scale scale;
    const double task = finite_number(json, "task");
    const double classes = whole_number(json, "classes");
    scale.calibration.temperature = finite_number(json, "temperature");
    scale.pool = load_pool(json);
    scale.mean = finite_number(json, "mean");
    scale.deviation = finite_number(json, "deviation");
    const bool classifies = task == static_cast<double>(Task::classification) && classes >= 2 && classes <= most_classes;
    const bool regresses = task == static_cast<double>(Task::regression) && classes == 0 && scale.pool == Pool::log_odds;
    if ((!classifies && !regresses) || scale.calibration.temperature <= 0 || scale.deviation <= 0) {
        fail(Status::bad_model, "damaged model: its task or scale is out of range");
    }
    scale.task = classifies ? Task::classification : Task::regression;
    scale.classes = static_cast<std::size_t>(classes);
    return scale;
}

// The nearest finite number.
template <typename Number>
Number bounded_estimate(double estimate) {
    constexpr double largest = std::numeric_limits<Number>::max();
    return static_cast<Number>(std::clamp(estimate, -largest, largest));
}

}  // namespace

Ensemble::Ensemble(std::int64_t inputs, Scale scale, std::vector<Part> parts)
    : inputs_(inputs), scale_(std::move(scale)), parts_(std::move(parts)) {}

void Ensemble::pool_links(const AddLinks& add, std::span<float> links, Workspace& space) const {
    if (scale_.pool == Pool::probability) return pool_probabilities(add, links, space);
    for (std::size_t number = 0; number < parts_.size(); ++number)
        add(number, static_cast<float>(parts_[number].weight), links);
}

void Ensemble::pool_probabilities(const AddLinks& add, std::span<float> links, Workspace& space) const {
    const std::size_t classes = scale_.classes;
    const std::size_t width = links_a_row();
    const std::size_t count = links.size() / width;
    std::pmr::vector<double> sums(count * classes, &space);
    std::pmr::vector<double> shares(classes, &space);
    for (std::size_t number = 0; number < parts_.size(); ++number) {
        std::ranges::fill(links, 0.0F);
        add(number, 1, links);
        for (std::size_t row = 0; row < count; ++row) {
            write_probabilities(links.subspan(row * width, width), 1, shares);
            for (std::size_t k = 0; k < classes; ++k) sums[row * classes + k] += parts_[number].weight * shares[k];
        }
    }
    for (std::size_t row = 0; row < count; ++row)
        write_links(std::span(sums).subspan(row * classes, classes), links.subspan(row * width, width));
}

template <typename Number>
void Ensemble::score_links(const AddLinks& add, std::size_t rows, std::span<Number> scores, Workspace& space) const {
    const std::size_t answers = outputs();
    const std::size_t width = links_a_row();
    std::pmr::vector<float> links(rows * width, &space);
    pool_links(add, links, space);
    std::pmr::vector<double> shares(answers, &space);
    for (std::size_t row = 0; row < rows; ++row) {
        if (scale_.task == Task::regression) {
            scores[row] = bounded_estimate<Number>(scale_.mean + scale_.deviation * links[row]);
            continue;
        }
        scale_.calibration.write(std::span(links).subspan(row * width, width), shares);
        std::ranges::transform(shares, scores.data() + row * answers,
                               [](double share) { return static_cast<Number>(share); });
    }
}

template void Ensemble::score_links(const AddLinks&, std::size_t, std::span<float>, Workspace&) const;
template void Ensemble::score_links(const AddLinks&, std::size_t, std::span<double>, Workspace&) const;

template <typename Number>
void Ensemble::score(const SparseRows& rows, std::int64_t first, std::int64_t last, std::span<Number> scores) const {
    const AddLinks add = [&](std::size_t number, float weight, std::span<float> links) {
        parts_[number].member->add_scores(rows, first, last, weight, links);
    };
    score_links(add, as_size(last - first), scores, *std::pmr::get_default_resource());
}

template void Ensemble::score(const SparseRows&, std::int64_t, std::int64_t, std::span<float>) const;
template void Ensemble::score(const SparseRows&, std::int64_t, std::int64_t, std::span<double>) const;

Json Ensemble::store(Tensors& tensors, const std::string& prefix) const {
    Json json;
    json["inputs"] = inputs_;
    json["task"] = static_cast<int>(scale_.task);
    json["classes"] = scale_.classes;
    json["temperature"] = scale_.calibration.temperature;
    if (!scale_.calibration.curves.empty()) json["isotonic"] = true;
    if (scale_.pool == Pool::probability) json["pool"] = "probability";
    json["mean"] = scale_.mean;
    json["deviation"] = scale_.deviation;
    scale_.calibration.store(tensors, prefix);
    auto& parts = json["parts"] = Json::array();
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        parts_[i].member->store(tensors, concat(prefix, "part", i, "."));
        parts.push_back({{"kind", parts_[i].kind}, {"weight", parts_[i].weight}});
    }
    return json;
}

Ensemble Ensemble::load(const Tensors& tensors, const std::string& prefix, const Json& json) {
    if (!json.is_object()) fail(Status::bad_model, "damaged model: its ensemble is not an object");
    Scale scale = load_scale(json);
    const double inputs = whole_number(json, "inputs");
    const Json* const parts = json.find("parts");
    const bool valid = inputs >= 0 && inputs <= 1e6 && parts != nullptr && parts->is_array() && parts->size() <= most_parts;
    if (!valid) fail(Status::bad_model, "damaged model: its inputs or parts are out of range");
    const Json* const isotonic = json.find("isotonic");
    if (scale.classes > 0 && isotonic != nullptr && *isotonic == true)
        scale.calibration.curves = Calibration::load_curves(tensors, prefix, scale.links());
    const auto width = static_cast<std::int64_t>(inputs);
    std::vector<Part> loaded;
    for (std::size_t i = 0; i < parts->size(); ++i) {
        const auto& part = (*parts)[i];
        const bool named = part.is_object() && part.contains("kind") && part["kind"].is_string();
        if (!named) fail(Status::bad_model, "damaged model: a part has no kind");
        const auto kind = part["kind"].get<std::string>();
        loaded.push_back({kind, finite_number(part, "weight"),
                          load_member(kind, tensors, concat(prefix, "part", i, "."), width, scale.links())});
    }
    return {width, std::move(scale), std::move(loaded)};
}

}  // namespace mml
