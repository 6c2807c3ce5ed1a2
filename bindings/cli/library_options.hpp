// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <moodleml/moodleml.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json_access.hpp"

namespace mml::cli {

/// The library's own table of options, as mml_option_describe() gives it: the program names none of them itself.
Json describe_library_options();

/// What values an option takes, for help: "0 to 256", "true or false", "moodle, plain", "text".
std::string accepted_values(const Json& option);

/// The defaults at other efforts, as a continuation of the default: ", 0 at effort fast"; nothing where there are none.
std::string effort_defaults(const Json& option);

/// The library's options on a command's line: --time-limit 60, --time_limit=60 or --set time_limit=60.
class LibraryOptions {
public:
    /// All options work; the command's help lists those of `shown_groups`.
    void add_to(CLI::App& command, const std::vector<std::string>& shown_groups);

    /// Whether the user has given the option.
    bool given(std::string_view name) const;
    /// The defaults with the user's values.
    moodleml::Config config() const;

private:
    struct Value {
        std::string name;
        const CLI::Option* option;
    };
    std::vector<std::pair<std::string, std::string>> assignments() const;

    std::vector<Value> values_;
    std::vector<std::string> set_;
};

/// Splits "name=value"; throws Failure where there is no "=". Dashes in the name become underscores.
std::pair<std::string, std::string> parse_assignment(std::string_view text);

}  // namespace mml::cli
