// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <moodleml/moodleml.hpp>
#include <string>

namespace mml::python {

/// Options by name, with values as text.
using Options = std::map<std::string, std::string>;

inline moodleml::Config config_of(const Options& options) {
    moodleml::Config config;
    for (const auto& [name, value] : options) config.set(name, value);
    return config;
}

}  // namespace mml::python
