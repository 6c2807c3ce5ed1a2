// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../status_of.hpp"
#include "config/config.hpp"
#include "data/csv_file.hpp"

namespace mml_test {

using Options = std::vector<std::pair<std::string, std::string>>;

inline mml::Config config_with(const Options& options) {
    mml::Config config;
    for (const auto& [name, value] : options) config.set(name, value);
    return config;
}

/// Reads a data set from text, in Moodle's format and labelled unless the options say otherwise.
inline mml::Dataset read(std::string_view text, const Options& options = {}) {
    return mml::read_csv_text(text, config_with(options));
}

/// The message with which reading the text fails.
inline std::string refusal(std::string_view text, const Options& options = {}) {
    return message_of([&] { read(text, options); });
}

inline mml::Status status_of_reading(std::string_view text, const Options& options = {}) {
    return status_of([&] { read(text, options); });
}

/// The cells of one row.
inline std::vector<float> cells(const mml::Dataset& dataset, std::int64_t row) {
    std::vector<float> values(static_cast<std::size_t>(dataset.columns()));
    dataset.features.expand_row(row, values);
    return values;
}

}  // namespace mml_test
