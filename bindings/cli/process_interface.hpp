// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace mml::cli {

/// A call as Moodle makes it: moodleml -m moodlemlbackend.<module> <arguments>.
struct ProcessRequest {
    std::string module;  ///< what follows -m
    std::vector<std::string> arguments;
};

/// The request that a command line makes, if it makes one. Options of the Python interpreter before -m are passed over, for
/// administrators write them into pathtopython's wrapper scripts.
std::optional<ProcessRequest> process_request(const std::vector<std::string>& arguments);

/// Answers on standard output; returns the exit code, which is Moodle's status. Throws Failure where the answer cannot be
/// written.
int answer(const ProcessRequest& request);

}  // namespace mml::cli
