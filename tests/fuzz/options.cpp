// SPDX-License-Identifier: Apache-2.0
// Lines of name=value for one set of options: what is refused changes nothing, what is accepted is in its range and reads
// back as what it is.
#include <algorithm>
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

// Whether there is an option of this name.
bool set(mml::Config& config, std::string_view name, std::string_view value) {
    const mml::Config before = config;
    if (!mml_fuzz::refusal_of([&] { config.set(name, value); }).empty()) {
        expect(same(config, before), "what is refused changes nothing");
        return std::ranges::find(mml::options(), name, &mml::Option::name) != mml::options().end();
    }
    for (const mml::Option& option : mml::options()) {
        if (config.text(option.id) != before.text(option.id)) expect_in_range(option, config.text(option.id));
    }
    mml::Config again = config;
    again.set(name, config.text(mml::find_option(name).id));
    expect(same(again, config), "a value in its normal form is taken as it is");
    expect(config.threads() >= 1 && (config.file_mode() & 0600U) == 0600U, "what is made of values");
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text = mml_fuzz::Draw(data, size).rest();
    std::string_view rest = text;
    mml::Config config;
    // Most of the time would go into looking for the names that are nearest.
    bool known = true;
    for (int count = 0; count < 16 && known && !rest.empty(); ++count) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        const std::size_t equals = std::min(line.find('='), line.size());
        known = set(config, line.substr(0, equals), line.substr(std::min(equals + 1, line.size())));
    }
    return 0;
}
