// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace mml::cli {

/// Exit codes of the commands. A run that a signal ends has 128 + the signal's number, as shells have it.
enum ExitCode : int { exit_success = 0, exit_failure = 1, exit_usage = 2, exit_signal_base = 128 };

/// Ends the command: main() prints the message as one line on standard error and exits with the code.
class Failure : public std::runtime_error {
public:
    explicit Failure(const std::string& message, int exit_code = exit_failure)
        : std::runtime_error(message), exit_code_(exit_code) {}
    int exit_code() const noexcept { return exit_code_; }

private:
    int exit_code_;
};

}  // namespace mml::cli
