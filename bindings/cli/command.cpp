// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "commands.hpp"
#include "json_access.hpp"
#include "text.hpp"

namespace mml::cli {

namespace {

// The word that stands for an option's value in help.
std::string value_label(const Json& option) {
    const std::string type = option.at("type");
    if (has_range(option)) return "N";
    if (type == "flag") return "true|false";
    return type == "choice" ? joined(option.at("choices"), "|") : "TEXT";
}

std::string help_text(const Json& option) {
    const std::string standard = option.at("default");
    return option.at("help").get<std::string>() + " (" + (has_range(option) ? accepted_values(option) + "; " : "") +
           "default " + (standard.empty() ? "none" : standard) + ")";
}

}  // namespace

Command::Command(CLI::App& program, const std::string& name, const std::string& description, const std::string& examples)
    : command_(*program.add_subcommand(name, description)) {
    command_.group("Commands");
    command_.footer("Examples:\n" + examples);
}

void Command::argument(const std::string& name, std::string& value, const std::string& help) {
    command_.add_option(name, value, help)->required();
}

void Command::file(const std::string& names, std::string& value, const std::string& help) {
    command_.add_option(names, value, help)->type_name("FILE");
}

void Command::required_file(const std::string& names, std::string& value, const std::string& help) {
    command_.add_option(names, value, help)->type_name("FILE")->required();
}

void Command::flag(const std::string& names, bool& value, const std::string& help) { command_.add_flag(names, value, help); }

void Command::form(std::string& value, const std::vector<std::string>& forms) {
    value = forms.front();
    command_.add_option("--as", value, "Form of the output (default " + value + ")")
        ->type_name(CLI::detail::join(forms, "|"))
        ->check(CLI::IsMember(forms).description(""));
}

void Command::library_options(LibraryOptions& options, const std::vector<std::string>& shown_groups) {
    const auto set = [&options](const std::vector<std::string>& assignments) {
        for (const std::string& assignment : assignments) options.assign(parse_assignment(assignment));
    };
    command_
        .add_option_function<std::vector<std::string>>("--set", set,
                                                       "Sets a library option by its name; may be given more than once")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    for (const Json& description : describe_library_options()) {
        const std::string name = description.at("name");
        const std::string group = description.at("group");
        const bool shown = std::ranges::find(shown_groups, group) != shown_groups.end();
        std::string dashed = name;
        std::ranges::replace(dashed, '_', '-');
        const auto assign = [&options, name](const std::string& value) { options.assign({name, value}); };
        command_
            .add_option_function<std::string>("--" + dashed + (dashed == name ? "" : ",--" + name), assign,
                                              help_text(description))
            ->type_name(value_label(description))
            ->group(shown ? "Library options, " + group : "")
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    }
}

void Command::runs(std::function<void()> run) { command_.callback(std::move(run)); }

}  // namespace mml::cli
