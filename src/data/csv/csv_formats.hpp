// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.hpp"
#include "data/csv/csv_input.hpp"
#include "data/wanted_columns.hpp"

namespace mml {

/// Two rows of metadata, a row of names, then samples; labelled: the features, then the target; unlabelled: an id, then the
/// features. passes_target: whether a labelled file may stand in for an unlabelled one, of which its target is left out.
Dataset read_moodle_format(const CsvInput& input, const Config& config, bool passes_target = false);

/// A row of names, then samples; labelled: the target in a column of its own; unlabelled: features only. Ids and ignored
/// columns by options. `wanted`: what a model takes, or nullptr. The input is read again where a column's type shows late.
Dataset read_plain_format(const CsvInput& input, const Config& config, const WantedColumns* wanted = nullptr);

}  // namespace mml
