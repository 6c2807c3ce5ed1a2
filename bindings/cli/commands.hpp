// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace mml::cli {

/// Each adds one command to the program; the command runs while the command line is parsed and throws Failure.
void add_train(CLI::App& program);
void add_predict(CLI::App& program);
void add_explain(CLI::App& program);
void add_evaluate(CLI::App& program);
void add_inspect(CLI::App& program);
void add_convert(CLI::App& program);
void add_options(CLI::App& program);
void add_version(CLI::App& program);

/// A new command with a description and, at the end of its help, examples.
CLI::App* add_command(CLI::App& program, const std::string& name, const std::string& description,
                      const std::string& examples);

/// The option --as, which chooses the form of the output among `forms`; the first is the default.
void add_form_option(CLI::App& command, std::string& form, const std::vector<std::string>& forms);

/// What `moodleml <arguments>` does, but for the process interface; answers the exit code.
int run_command_line(int argument_count, const char* const* arguments);

}  // namespace mml::cli
