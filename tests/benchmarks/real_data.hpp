// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

/// The text of a compressed file of examples/data. Throws std::runtime_error.
std::string real_data(const std::string& name);

/// A file in Moodle's format (three rows of names and metadata) with this many samples: the given ones, again and again.
std::string with_samples(const std::string& moodle_file, std::size_t samples);

/// Throws std::runtime_error.
void write_text(const std::string& path, const std::string& text);
