// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <moodleml/moodleml.hpp>
#include <string>
#include <string_view>

#include "json_access.hpp"

namespace mml::cli {

/// What a gzip stream begins with; model files are such.
constexpr std::string_view gzip_start = "\x1f\x8b";

/// The start of a file, at most 4,096 bytes; nothing where it cannot be read.
std::string first_bytes(const std::string& path);

/// The path to read: `-` is standard input.
std::string data_path(const std::string& path);

/// Reads a CSV file, or standard input, as `config` says; for a model, or nullptr.
moodleml::Dataset read_data(const std::string& path, const moodleml::Config& config, const moodleml::Model* model = nullptr);

/// The library's JSON on the data set with what a person asks first: "share" of each class, or "target" with minimum, mean
/// and maximum.
Json data_summary(const moodleml::Dataset& dataset);

/// The same for reading: rows and columns, classes and their shares.
std::string data_text(const Json& summary);

/// How many columns are numbers, and which are categories.
std::string inputs_text(const Json& summary);

/// The "warnings" of one of the library's JSON documents, one line each, to standard error.
void show_warnings(const Json& document);

}  // namespace mml::cli
