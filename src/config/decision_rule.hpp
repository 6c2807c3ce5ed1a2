// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mml {

/// How a class is chosen from probabilities, as option `decision` spells it: `probable`, `score`, `balanced`,
/// `cost:<ratio>` or `share:<percent>`.
struct DecisionRule {
    enum class Kind { probable, score, balanced, cost, share };

    Kind kind = Kind::probable;
    /// cost: how many false alarms a missed case costs; share: percent of the samples that get the second class.
    double amount = 0;

    /// Whether it knows one class to find, the second of two.
    bool needs_two_classes() const { return kind == Kind::cost || kind == Kind::share; }
    /// As the option spells it.
    std::string text() const;
    /// Nothing where the text is no rule or its number is out of range.
    static std::optional<DecisionRule> parse(std::string_view text);
};

/// What the option takes, for messages.
constexpr const char* decision_rule_grammar =
    "give probable, score, balanced, cost:<ratio from 0.001 to 1000> or share:<percent from 0.1 to 99.9>";

}  // namespace mml
