// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/supervisor.hpp"
#include "config/config.hpp"
#include "data/wanted_columns.hpp"

namespace mml {

/// Reads a data set in the format that option `format` names (options labelled, task, target, max_rows, max_columns,
/// max_cell_bytes and memory_limit count too). Throws Error(input_output) where the file cannot be read, Error(bad_data)
/// naming file, row and column where it is malformed, Error(limit) where a limit is passed.
/// The file is read in pieces; what stays in memory is the sparse table. A file without samples is a data set of no rows.
///
/// Moodle's format is as PHP's fputcsv writes it (a quote after a backslash is not doubled), the plain one follows RFC 4180.
/// An empty cell is a missing value. Where a Moodle file's target is discrete and `targetclasses` is absent, the classes are
/// the labels that occur.
/// While the file is a pipe or device that gives nothing yet, the supervisor's callback may stop the call.
/// wanted: what a model takes, or nullptr. A plain file is then read for it: its columns' names and types, and the target's
/// task, are the model's; other columns are passed over, and the first, where the model does not use it, holds ids.
Dataset read_csv_file(const std::string& path, const Config& config, Supervisor* supervisor = nullptr,
                      const WantedColumns* wanted = nullptr);
Dataset read_csv_text(std::string_view text, const Config& config, const WantedColumns* wanted = nullptr);

}  // namespace mml
