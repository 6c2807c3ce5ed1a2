// SPDX-License-Identifier: Apache-2.0
#include "library_options.hpp"

#include <algorithm>

#include "failure.hpp"
#include "text.hpp"

namespace mml::cli {

namespace {

std::string replaced(std::string text, char from, char to) {
    std::ranges::replace(text, from, to);
    return text;
}

std::string joined(const Json& texts, const std::string& separator) {
    std::string joined;
    for (const Json& text : texts) joined += (joined.empty() ? "" : separator) + text.get<std::string>();
    return joined;
}

bool has_range(const Json& option) { return option.contains("minimum"); }

// The word that stands for the value in help.
std::string value_label(const Json& option) {
    const std::string type = option.at("type");
    if (has_range(option)) return "N";
    if (type == "flag") return "true|false";
    return type == "choice" ? joined(option.at("choices"), "|") : "TEXT";
}

std::string help_text(const Json& option) {
    const std::string standard = option.at("default");
    return option.at("help").get<std::string>() + " (" + (has_range(option) ? accepted_values(option) + "; " : "") +
           "default " + (standard.empty() ? "none" : standard) + effort_defaults(option) + ")";
}

}  // namespace

Json describe_library_options() {
    Json list = Json::array();
    for (const std::string& description : moodleml::options()) list.push_back(Json::parse(description));
    return list;
}

std::string effort_defaults(const Json& option) {
    std::string defaults;
    for (const auto& [effort, value] : field(option, "effort").items())
        defaults += ", " + value.get<std::string>() + " at effort " + effort;
    return defaults;
}

std::string accepted_values(const Json& option) {
    const std::string type = option.at("type");
    if (has_range(option))
        return exact(option.at("minimum").get<double>()) + " to " + exact(option.at("maximum").get<double>());
    if (type == "flag") return "true or false";
    return type == "choice" ? joined(option.at("choices"), ", ") : "text";
}

std::pair<std::string, std::string> parse_assignment(std::string_view text) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos)
        throw Failure("\"" + std::string(text) + "\": give an option as name=value", exit_usage);
    return {replaced(std::string(text.substr(0, equals)), '-', '_'), std::string(text.substr(equals + 1))};
}

void LibraryOptions::add_to(CLI::App& command, const std::vector<std::string>& shown_groups) {
    command.add_option("--set", set_, "Sets a library option by its name; may be given more than once")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    for (const Json& description : describe_library_options()) {
        const std::string name = description.at("name");
        const std::string dashed = replaced(name, '_', '-');
        const std::string group = description.at("group");
        const bool shown = std::ranges::find(shown_groups, group) != shown_groups.end();
        CLI::Option* option = command.add_option("--" + dashed + (dashed == name ? "" : ",--" + name));
        option->description(help_text(description))
            ->type_name(value_label(description))
            ->group(shown ? "Library options, " + group : "")
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
        values_.push_back({name, option});
    }
}

bool LibraryOptions::given(std::string_view name) const {
    return std::ranges::any_of(assignments(), [&](const auto& assignment) { return assignment.first == name; });
}

moodleml::Config LibraryOptions::config() const {
    moodleml::Config config = moodleml::Config::defaults();
    for (const auto& [name, text] : assignments()) config.set(name, text);
    return config;
}

std::vector<std::pair<std::string, std::string>> LibraryOptions::assignments() const {
    std::vector<std::pair<std::string, std::string>> list;
    for (const Value& value : values_) {
        if (value.option->count() > 0) list.emplace_back(value.name, value.option->as<std::string>());
    }
    for (const std::string& text : set_) list.push_back(parse_assignment(text));
    return list;
}

}  // namespace mml::cli
