// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.hpp"
#include "data/csv/csv_input.hpp"
#include "data/dataset.hpp"

namespace mml {

/// Two rows of metadata, a row of names, then samples; labelled: the features, then the target; unlabelled: an id, then the
/// features.
Dataset read_moodle_format(const CsvInput& input, const Config& config);

/// A row of names, then samples; labelled: the target in a column of its own; unlabelled: features only.
Dataset read_plain_format(const CsvInput& input, const Config& config);

}  // namespace mml
