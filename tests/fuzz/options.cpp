// SPDX-License-Identifier: Apache-2.0
// Lines of name=value for one set of options: what is refused changes nothing, what is accepted is in its range, is what the
// text tells and reads back as what it is; what was set stays, all else is as the effort asks. A name that is none stands
// for an option, unless a '?' is before it.
#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <set>
#include <string_view>

#include "config/config.hpp"
#include "draw.hpp"
#include "expect.hpp"

using mml_fuzz::expect;

namespace {

bool same(const mml::Config& a, const mml::Config& b) {
    return std::ranges::all_of(mml::options(),
                               [&](const mml::Option& option) { return a.text(option.id) == b.text(option.id); });
}

void expect_in_range(const mml::Option& option, const std::string& value) {
    if (option.type == mml::OptionType::choice) {
        expect(std::ranges::count(mml::choices_of(option), value) == 1, "one of the choices");
    } else if (option.type == mml::OptionType::flag) {
        expect(value == "true" || value == "false", "a flag in its normal form");
    } else if (option.type != mml::OptionType::text) {
        double number = 0;
        const bool is_number = mml::parse_number(value, &number);
        expect(is_number && number >= option.minimum && number <= option.maximum, "a number in its range");
    }
}

// As C's own functions read it, to its end.
void expect_told(const mml::Option& option, const std::string& value, const std::string& given) {
    char* end = nullptr;
    if (option.type == mml::OptionType::integer) {
        expect(std::to_string(std::strtoll(given.c_str(), &end, 10)) == value, "the whole number that was given");
    } else if (option.type == mml::OptionType::number) {
        expect(std::strtod(given.c_str(), &end) == std::strtod(value.c_str(), nullptr), "the number that was given");
    } else {
        return;
    }
    expect(end == given.c_str() + given.size(), "a number to its end");
}

std::string at_effort(const mml::Option& option, const std::string& effort) {
    const char* const own = effort == "fast" ? option.by_effort.fast : effort == "best" ? option.by_effort.best : nullptr;
    return own != nullptr ? own : option.default_value;
}

class Settings {
public:
    // Whether there is an option of this name.
    bool set(std::string_view name, const std::string& value) {
        const mml::Config before = config_;
        if (!mml_fuzz::refusal_of([&] { config_.set(name, value); }).empty()) {
            expect(same(config_, before), "what is refused changes nothing");
            return std::ranges::find(mml::options(), name, &mml::Option::name) != mml::options().end();
        }
        const mml::Option& option = mml::find_option(name);
        set_.insert(option.id);
        expect_told(option, config_.text(option.id), value);
        expect_all(before, option.id);
        mml::Config again = config_;
        again.set(name, config_.text(option.id));
        expect(same(again, config_), "a value in its normal form is taken as it is");
        return true;
    }

private:
    void expect_all(const mml::Config& before, mml::OptionId changed) const {
        for (const mml::Option& option : mml::options()) {
            const std::string& text = config_.text(option.id);
            expect_in_range(option, text);
            if (option.id == changed) continue;
            const bool stays = set_.contains(option.id);
            expect(text == (stays ? before.text(option.id) : at_effort(option, config_.text(mml::OptionId::effort))),
                   "what was set stays, all else is as the effort asks");
        }
        expect(config_.threads() >= 1 && (config_.file_mode() & 0600U) == 0600U, "what is made of values");
    }

    mml::Config config_;
    std::set<mml::OptionId> set_;
};

// Most of the time would go into looking for the names that are nearest to one that is none.
std::string_view name_of(std::string_view given) {
    if (given.starts_with('?')) return given.substr(1);
    if (std::ranges::find(mml::options(), given, &mml::Option::name) != mml::options().end()) return given;
    const unsigned number = std::accumulate(given.begin(), given.end(), 0U);
    return mml::options()[number % mml::option_count].name;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text = mml_fuzz::Draw(data, size).rest();
    std::string_view rest = text;
    Settings settings;
    bool known = true;
    for (int count = 0; count < 16 && known && !rest.empty(); ++count) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        const std::size_t equals = std::min(line.find('='), line.size());
        known = settings.set(name_of(line.substr(0, equals)), std::string(line.substr(std::min(equals + 1, line.size()))));
    }
    return 0;
}
