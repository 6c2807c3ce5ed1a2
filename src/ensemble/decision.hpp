// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "config/decision_rule.hpp"

namespace mml {

/// How a class is chosen from a row's probabilities: the one whose log-probability plus its class's offset is largest, of
/// equal ones the first (the thresholding of Elkan, 2001, for any number of classes). Probabilities are not changed by it.
class Decision {
public:
    /// No offset is larger, so that a factor and its products stay finite.
    static constexpr double largest_offset = 100;

    /// The most probable class.
    Decision() = default;
    /// offsets: one a class, none beyond largest_offset; all 0 is the most probable class, whatever the rule.
    Decision(const DecisionRule& rule, std::vector<double> offsets);

    /// What it was made for, as option `decision` spells it.
    const std::string& rule() const { return rule_; }
    /// One a class; empty: 0 each.
    const std::vector<double>& offsets() const { return offsets_; }

    /// The class index of one row; probabilities: one a class.
    std::int32_t decide(std::span<const float> probabilities) const;
    /// Each class's share after the offsets: probability * exp(offset), brought to a sum of 1. That of the decided class is
    /// the largest, at least 1 / classes, and rises with its probability. Without offsets the probabilities as they are.
    void write_strengths(std::span<const float> probabilities, std::span<float> strengths) const;
    /// Of two classes: the probability of the second from which on it is chosen.
    double threshold() const;

    bool operator==(const Decision&) const = default;

    /// {"rule", "offsets"}
    Json store() const;
    /// Throws Error(bad_model) unless it is a decision among this many classes.
    static Decision load(const Json& json, std::size_t classes);

private:
    double factor(std::size_t class_index) const { return factors_.empty() ? 1 : factors_[class_index]; }

    std::string rule_ = DecisionRule{}.text();
    std::vector<double> offsets_;
    std::vector<double> factors_;  // their exponentials
};

}  // namespace mml
