// SPDX-License-Identifier: Apache-2.0
#include "config/config.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/text.hpp"

#if defined(__linux__)
#include <sched.h>
#endif

namespace mml {

namespace {

[[noreturn]] void reject(const Option& option, std::string_view value, const std::string& expected) {
    fail(Status::unknown_option, concat("option ", option.name, " is ", quote(value), ": ", expected));
}

std::string range_text(const Option& option) {
    const char* kind = option.type == OptionType::integer ? "a whole number" : "a number";
    return concat("give ", kind, " from ", option.minimum, " to ", option.maximum);
}

std::string checked_number(const Option& option, std::string_view value) {
    double number = 0;
    const bool valid = parse_number(value, &number) && number >= option.minimum && number <= option.maximum;
    if (!valid) reject(option, value, range_text(option));
    return number_text(number);
}

std::string checked_integer(const Option& option, std::string_view value) {
    long long integer = 0;
    const bool valid = parse_integer(value, &integer) && static_cast<double>(integer) >= option.minimum &&
                       static_cast<double>(integer) <= option.maximum;
    if (!valid) reject(option, value, range_text(option));
    return number_text(integer);
}

std::string checked_flag(const Option& option, std::string_view value) {
    for (const char* yes : {"true", "1", "yes", "on"}) {
        if (value == yes) return "true";
    }
    for (const char* no : {"false", "0", "no", "off"}) {
        if (value == no) return "false";
    }
    reject(option, value, "give true or false");
}

std::string checked_choice(const Option& option, std::string_view value) {
    const std::vector<std::string> choices = choices_of(option);
    if (std::ranges::find(choices, value) == choices.end()) {
        reject(option, value, "give one of " + quoted_list(choices, choices.size()));
    }
    return std::string(value);
}

// docker's env files keep the quotes around a value, those of Windows the end of its line.
std::string_view unquoted(std::string_view text) {
    const auto strip = [&] {
        while (!text.empty() && std::string_view(" \t\r\n").find(text.back()) != std::string_view::npos)
            text.remove_suffix(1);
    };
    strip();
    const bool is_quoted = text.size() > 1 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
    if (is_quoted) text = text.substr(1, text.size() - 2);
    strip();
    return text;
}

bool parse_octal(std::string_view text, unsigned* out) {
    const auto result = std::from_chars(text.data(), text.data() + text.size(), *out, 8);
    return result.ec == std::errc() && result.ptr == text.data() + text.size();
}

// Digits where the pattern has 0.
bool is_utc_time(std::string_view text) {
    constexpr std::string_view pattern = "0000-00-00T00:00:00Z";
    return std::ranges::equal(text, pattern, [](char letter, char expected) {
        return expected == '0' ? letter >= '0' && letter <= '9' : letter == expected;
    });
}

std::string checked_text(const Option& option, std::string_view value) {
    unsigned mode = 0;
    if (option.id == OptionId::file_mode && (!parse_octal(value, &mode) || mode > 0777U || (mode & 0600U) != 0600U)) {
        reject(option, value, "give octal permissions that let the owner read and write, such as 0600 or 0660");
    }
    if (option.id == OptionId::trained_at && !value.empty() && !is_utc_time(value)) {
        reject(option, value, "give a time in UTC, such as 2026-01-31T18:00:00Z");
    }
    if (option.id == OptionId::intended_use && valid_utf8(value) != value) reject(option, value, "give UTF-8");
    if (option.id == OptionId::decision) {
        const std::optional<DecisionRule> rule = DecisionRule::parse(value);
        if (!rule) reject(option, value, decision_rule_grammar);
        return rule->text();
    }
    return std::string(value);
}

std::string checked(const Option& option, std::string_view value) {
    switch (option.type) {
        case OptionType::integer: return checked_integer(option, value);
        case OptionType::number: return checked_number(option, value);
        case OptionType::flag: return checked_flag(option, value);
        case OptionType::choice: return checked_choice(option, value);
        case OptionType::text: return checked_text(option, value);
    }
    fail(Status::internal, "an option has no type");
}

// What an option is at an effort unless it is set itself.
const char* default_at(const Option& option, std::string_view effort) {
    if (effort == "fast" && option.by_effort.fast != nullptr) return option.by_effort.fast;
    if (effort == "best" && option.by_effort.best != nullptr) return option.by_effort.best;
    return option.default_value;
}

}  // namespace

Config::Config() {
    for (std::size_t i = 0; i < option_count; ++i) values_[i] = options()[i].default_value;
}

void Config::set(std::string_view name, std::string_view value) { set(find_option(name).id, value); }

void Config::set(OptionId id, std::string_view value) {
    values_[place_of(id)] = checked(option(id), value);
    set_[place_of(id)] = true;
    if (id != OptionId::effort) return;
    for (std::size_t i = 0; i < option_count; ++i) {
        if (!set_[i]) values_[i] = default_at(options()[i], text(OptionId::effort));
    }
}

void Config::set_list(std::string_view list) {
    Config changed = *this;
    std::string_view rest = unquoted(list);
    while (!rest.empty()) {
        const std::string_view assignment = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(assignment.size() + 1, rest.size()));
        if (assignment.empty()) continue;
        const std::size_t equals = assignment.find('=');
        if (equals == std::string_view::npos || equals == 0)
            fail(Status::unknown_option, concat(quote(assignment), " is not of the form name=value"));
        std::string name(assignment.substr(0, equals));
        std::ranges::replace(name, '-', '_');  // as the program's options may be written
        changed.set(name, assignment.substr(equals + 1));
    }
    *this = std::move(changed);
}

std::int64_t Config::whole_number(OptionId id) const {
    long long value = 0;
    parse_integer(text(id), &value);
    return value;
}

double Config::number(OptionId id) const {
    double value = 0;
    parse_number(text(id), &value);
    return value;
}

int Config::threads() const {
    const auto wanted = integer<int>(OptionId::threads);
    if (wanted > 0) return wanted;
#if defined(__linux__)
    // A container or cpuset often allows fewer processors than the machine has.
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) return std::max(1, CPU_COUNT(&allowed));
#endif
    return std::max(1, narrowed<int>(std::thread::hardware_concurrency()));
}

DecisionRule Config::decision_rule() const { return DecisionRule::parse(text(OptionId::decision)).value_or(DecisionRule{}); }

unsigned Config::file_mode() const {
    unsigned mode = 0600U;
    parse_octal(text(OptionId::file_mode), &mode);
    return mode;
}

}  // namespace mml
