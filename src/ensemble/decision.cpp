// SPDX-License-Identifier: Apache-2.0
#include "ensemble/decision.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/error.hpp"
#include "base/index.hpp"

namespace mml {

namespace {

[[noreturn]] void refuse() { fail(Status::bad_model, "damaged model: its decision is none"); }

}  // namespace

Decision::Decision(const DecisionRule& rule, std::vector<double> offsets)
    : rule_(rule.text()), offsets_(std::move(offsets)) {
    if (std::ranges::all_of(offsets_, [](double offset) { return offset == 0; })) offsets_.clear();
    for (const double offset : offsets_) factors_.push_back(std::exp(offset));
}

std::int32_t Decision::decide(std::span<const float> probabilities) const {
    std::size_t best = 0;
    double most = -1;
    for (std::size_t k = 0; k < probabilities.size(); ++k) {
        const double probability = probabilities[k] * factor(k);
        if (probability > most) best = k;
        most = std::max(most, probability);
    }
    return narrowed<std::int32_t>(best);
}

void Decision::write_strengths(std::span<const float> probabilities, std::span<float> strengths) const {
    if (factors_.empty()) {
        std::ranges::copy(probabilities, strengths.begin());
        return;
    }
    double sum = 0;
    for (std::size_t k = 0; k < probabilities.size(); ++k) sum += probabilities[k] * factor(k);
    for (std::size_t k = 0; k < probabilities.size(); ++k)
        strengths[k] = static_cast<float>(probabilities[k] * factor(k) / sum);
}

double Decision::threshold() const { return factor(0) / (factor(0) + factor(1)); }

Json Decision::store() const {
    Json json;
    json["rule"] = rule_;
    auto& offsets = json["offsets"] = Json::array();
    for (const double offset : offsets_) offsets.push_back(offset);
    return json;
}

Decision Decision::load(const Json& json, std::size_t classes) {
    const Json* const rule = json.is_object() ? json.find("rule") : nullptr;
    const Json* const offsets = json.is_object() ? json.find("offsets") : nullptr;
    if (rule == nullptr || !rule->is_string() || offsets == nullptr || !offsets->is_array()) refuse();
    const std::optional<DecisionRule> parsed = DecisionRule::parse(rule->get<std::string>());
    if (!parsed || (!offsets->empty() && offsets->size() != classes)) refuse();
    if (parsed->needs_two_classes() && classes != 2) refuse();
    std::vector<double> numbers;
    for (const Json& offset : *offsets) {
        if (!offset.is_number() || !(std::abs(offset.get<double>()) <= largest_offset)) refuse();
        numbers.push_back(offset.get<double>());
    }
    return {*parsed, std::move(numbers)};
}

}  // namespace mml
