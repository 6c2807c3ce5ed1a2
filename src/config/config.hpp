// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/index.hpp"
#include "base/ranks.hpp"
#include "config/decision_rule.hpp"
#include "config/options.hpp"

namespace mml {

/// A value for every option; all start at their defaults. Values are checked when set, so reading cannot fail. Setting
/// `effort` changes the options that have not been set themselves, before or after.
class Config {
public:
    Config();

    /// Throws Error(unknown_option) for a name that is not in the table or a value that the option rejects.
    void set(std::string_view name, std::string_view value);
    void set(OptionId id, std::string_view value);
    /// "name=value,name=value", as an environment variable has it: in quotes or not, with blanks or an end of line behind.
    /// Nothing is set where one of them is wrong. A value contains no comma.
    void set_list(std::string_view list);

    const std::string& text(OptionId id) const { return values_[place_of(id)]; }
    /// As the type that is wanted, which has to hold all that the option allows.
    template <std::integral Number = std::int64_t>
    Number integer(OptionId id) const {
        return narrowed<Number>(whole_number(id));
    }
    double number(OptionId id) const;
    bool flag(OptionId id) const { return text(id) == "true"; }
    /// Whether somebody set it, to whatever value.
    bool is_set(OptionId id) const { return set_[place_of(id)]; }

    /// Option `threads` with 0 resolved to the processors this process may use.
    int threads() const;
    /// Option `file_mode` as a number.
    unsigned file_mode() const;
    /// Whether option `resampling` keeps groups of samples whole.
    bool keeps_groups_whole() const { return text(OptionId::resampling) == "group_folds"; }
    /// Option `decision` as a rule.
    DecisionRule decision_rule() const;

    /// The processes that train together; one rank unless set.
    const Ranks& ranks() const { return ranks_; }
    void set_ranks(Ranks ranks) { ranks_ = std::move(ranks); }

private:
    std::int64_t whole_number(OptionId id) const;

    std::array<std::string, option_count> values_;
    std::array<bool, option_count> set_{};
    Ranks ranks_;
};

}  // namespace mml
