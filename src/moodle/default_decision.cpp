// SPDX-License-Identifier: Apache-2.0
#include "moodle/default_decision.hpp"

#include "base/text.hpp"

namespace mml {

Config with_moodle_decision(const Config& config, std::size_t classes, std::string& note) {
    const DecisionRule rule = config.decision_rule();
    const bool fits = !rule.needs_two_classes() || classes <= 2;  // a regression has none and decides nothing
    if (config.is_set(OptionId::decision) && fits) return config;
    if (!fits) {
        note = concat("Option decision is ", rule.text(), ", which needs two classes. The target has ", classes,
                      ", so classes are decided by score.");
    }
    Config changed = config;
    changed.set(OptionId::decision, "score");
    return changed;
}

}  // namespace mml
