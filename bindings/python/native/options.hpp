// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <moodleml/moodleml.hpp>
#include <string>
#include <utility>

namespace mml::python {

/// Options by name, with values as text.
using Options = std::map<std::string, std::string>;

inline moodleml::Config& set_options(moodleml::Config& config, const Options& options) {
    for (const auto& [name, value] : options) config.set(name, value);
    return config;
}

inline moodleml::Config config_of(const Options& options) {
    moodleml::Config config;
    return std::move(set_options(config, options));
}

}  // namespace mml::python
