// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>

#include "commands.hpp"
#include "library_options.hpp"
#include "output.hpp"
#include "text.hpp"

namespace mml::cli {

namespace {

constexpr std::size_t text_width = 110;

std::string indented(std::string text, const std::string& indent) {
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += indent.size() + 1)
        text.insert(at + 1, indent);
    return indent + text + "\n";
}

std::string options_text(const Json& options) {
    std::string text;
    std::string group;
    for (const Json& option : options) {
        if (const std::string here = option.at("group"); here != group) {
            group = here;
            text += (text.empty() ? "" : "\n") + group + "\n";
        }
        const std::string standard = option.at("default");
        text += "  " + option.at("name").get<std::string>() + " = " + (standard.empty() ? "(none)" : standard) +
                effort_defaults(option) + "  [" + accepted_values(option) + "]\n";
        text += indented(wrapped(option.at("help").get<std::string>(), text_width), "      ");
    }
    return text;
}

}  // namespace

void add_options(CLI::App& program) {
    const auto form = std::make_shared<std::string>();
    CLI::App* command =
        add_command(program, "options", "Lists the library's options with their defaults and accepted values.",
                    "  moodleml options\n"
                    "  moodleml options --as json\n"
                    "  moodleml train data.csv --model model.mml --time-limit 60\n"
                    "  moodleml train data.csv --model model.mml --set time_limit=60");
    add_form_option(*command, *form, {"text", "json"});
    command->callback([form] {
        const Json options = describe_library_options();
        print(*form == "json" ? Json{{"schema", 1}, {"options", options}}.dump() + "\n" : options_text(options));
    });
}

}  // namespace mml::cli
