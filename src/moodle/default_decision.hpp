// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "config/config.hpp"

namespace mml {

/// The options of a Moodle call that trains: decision is `score` unless somebody set it. So it is where a rule needs two
/// classes and the target has more, for a site has one setting for all its models; `note` then tells that, and else is left.
Config with_moodle_decision(const Config& config, std::size_t classes, std::string& note);

}  // namespace mml
