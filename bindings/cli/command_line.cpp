// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <moodleml/moodleml.hpp>
#include <numeric>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include "commands.hpp"
#include "failure.hpp"
#include "output.hpp"
#include "text.hpp"

namespace mml::cli {

namespace {

constexpr std::size_t help_width = 110;
constexpr std::size_t help_column = 28;

// One spelling of each option, the word for its value, and descriptions that are wrapped.
class HelpFormatter : public CLI::Formatter {
public:
    HelpFormatter() {
        column_width(help_column);
        label("Positionals", "Arguments");
        label("OPTIONS", "options");
        label("SUBCOMMAND", "COMMAND");
    }

    std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override {
        std::string text = CLI::Formatter::make_help(app, std::move(name), mode);
        for (auto at = text.find("\n\n\n"); at != std::string::npos; at = text.find("\n\n\n", at)) text.erase(at, 1);
        return text;
    }

    std::string make_description(const CLI::App* app) const override {
        return wrapped(app->get_description(), help_width) + "\n\n";
    }

    std::string make_subcommand(const CLI::App* command) const override {
        std::stringstream out;
        CLI::detail::format_help(out, command->get_name(), wrapped(command->get_description(), help_width - help_column),
                                 help_column);
        return out.str();
    }

    std::string make_option_name(const CLI::Option* option, bool is_positional) const override {
        if (is_positional) return option->get_name(true, false);
        const auto& letters = option->get_snames();
        return (letters.empty() ? "" : "-" + letters.front() + ", ") + "--" + option->get_lnames().front();
    }

    std::string make_option_opts(const CLI::Option* option) const override {
        return option->nonpositional() && option->get_type_size() != 0 ? " " + option->get_type_name() : "";
    }

    std::string make_option_desc(const CLI::Option* option) const override {
        return wrapped(option->get_description(), help_width - help_column);
    }

    std::string make_option_usage(const CLI::Option* option) const override { return option->get_name(true, false); }
};

// Levenshtein, 1966.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (const char c : a) {
        std::size_t diagonal = row[0]++;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (c == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

// " (did you mean ...?)" where one of the names is near, else nothing.
std::string suggestion(std::string_view given, const std::vector<std::string>& names) {
    constexpr std::size_t near = 3;
    const std::string_view start = given.substr(0, 64);
    const auto distance = [&](const std::string& name) { return edit_distance(start, name); };
    const auto nearest = std::ranges::min_element(names, {}, distance);
    return nearest != names.end() && distance(*nearest) <= near ? "; did you mean " + *nearest + "?" : "";
}

std::vector<std::string> command_names(const CLI::App& program) {
    std::vector<std::string> names;
    for (const CLI::App* command : program.get_subcommands({})) names.push_back(command->get_name());
    return names;
}

std::vector<std::string> option_names(const CLI::App& command) {
    std::vector<std::string> names;
    for (const CLI::Option* option : command.get_options()) {
        if (!option->get_lnames().empty()) names.push_back("--" + option->get_lnames().front());
    }
    return names;
}

// What was wrong on the command line, in one sentence.
std::string usage_message(const CLI::App& program, const CLI::ParseError& error) {
    const auto chosen = program.get_subcommands();
    const std::vector<std::string> unexpected = program.remaining(true);
    if (chosen.empty()) {
        const std::string given = unexpected.empty() ? "" : unexpected.front();
        return "there is no command \"" + given + "\"" + suggestion(given, command_names(program)) +
               " (see moodleml --help)";
    }
    const CLI::App& command = *chosen.front();
    const std::string where = " (see moodleml " + command.get_name() + " --help)";
    if (unexpected.empty()) return error.what() + where;
    const std::string given = unexpected.front().substr(0, unexpected.front().find('='));
    return "unexpected argument \"" + given + "\"" + suggestion(given, option_names(command)) + where;
}

void describe_program(CLI::App& program) {
    program.formatter(std::make_shared<HelpFormatter>());
    program.set_help_flag("-h,--help", "Shows this help");
    program.set_version_flag("--version", moodleml::version(), "Shows the version");
    program.footer(
        "`moodleml COMMAND --help` describes a command, with examples.\n\n"
        "Moodle: if its setting pathtopython names this program, it also answers\n"
        "  moodleml -m moodlemlbackend.<version|training|prediction|evaluation|export|import> ...\n"
        "The environment variable MOODLEML_OPTIONS (name=value,name=value) sets library options for these calls.\n\n"
        "Exit codes: 0 done, 1 failed, 2 wrong usage, 130 stopped with Ctrl-C.");
}

}  // namespace

CLI::App* add_command(CLI::App& program, const std::string& name, const std::string& description,
                      const std::string& examples) {
    CLI::App* command = program.add_subcommand(name, description);
    command->group("Commands");
    command->footer("Examples:\n" + examples);
    return command;
}

void add_form_option(CLI::App& command, std::string& form, const std::vector<std::string>& forms) {
    form = forms.front();
    command.add_option("--as", form, "Form of the output (default " + form + ")")
        ->type_name(CLI::detail::join(forms, "|"))
        ->check(CLI::IsMember(forms).description(""));
}

int run_command_line(int argument_count, const char* const* arguments) {
    CLI::App program("Trains, evaluates and uses prediction models on Moodle's data and other tables.", "moodleml");
    describe_program(program);
    add_train(program);
    add_predict(program);
    add_explain(program);
    add_evaluate(program);
    add_inspect(program);
    add_convert(program);
    add_options(program);
    add_version(program);
    if (argument_count < 2) {
        write_standard_error(program.help());
        return exit_usage;
    }
    try {
        program.parse(argument_count, arguments);
        if (program.get_subcommands().empty()) throw CLI::RequiredError("A command");
    } catch (const CLI::CallForVersion&) {
        print(moodleml::version() + "\n");
    } catch (const CLI::CallForHelp&) {
        print(program.help());
    } catch (const CLI::ParseError& error) {
        throw Failure(usage_message(program, error), exit_usage);
    }
    return exit_success;
}

}  // namespace mml::cli
