// SPDX-License-Identifier: Apache-2.0
#include "config/decision_rule.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace mml {

namespace {

struct Spelling {
    DecisionRule::Kind kind;
    std::string_view name;
    double least = 0;  // of the number behind the colon; both 0: there is none
    double most = 0;

    bool takes_number() const { return most > 0; }
};

using Kind = DecisionRule::Kind;
constexpr std::array spellings{Spelling{Kind::probable, "probable"}, Spelling{Kind::score, "score"},
                               Spelling{Kind::balanced, "balanced"}, Spelling{Kind::cost, "cost", 0.001, 1000},
                               Spelling{Kind::share, "share", 0.1, 99.9}};

}  // namespace

std::string DecisionRule::text() const {
    const auto* const spelling = std::ranges::find(spellings, kind, &Spelling::kind);
    return spelling->takes_number() ? concat(spelling->name, ":", number_text(amount)) : std::string(spelling->name);
}

std::optional<DecisionRule> DecisionRule::parse(std::string_view text) {
    const std::size_t colon = text.find(':');
    const auto* const spelling = std::ranges::find(spellings, text.substr(0, colon), &Spelling::name);
    if (spelling == spellings.end() || spelling->takes_number() != (colon != std::string_view::npos)) return std::nullopt;
    DecisionRule rule{spelling->kind, 0};
    if (!spelling->takes_number()) return rule;
    const bool valid = parse_number(text.substr(colon + 1), &rule.amount) && rule.amount >= spelling->least &&
                       rule.amount <= spelling->most;
    return valid ? std::optional(rule) : std::nullopt;
}

}  // namespace mml
