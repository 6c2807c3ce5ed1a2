// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.hpp"
#include "data/dataset.hpp"
#include "moodleml/arrow.h"

namespace mml {

/// Reads an Arrow stream of a table to its end, and releases it, also where it fails. Numbers and booleans are numbers,
/// texts categories, dates and timestamps times. Options labelled, target, task, id, ignore, types and memory_limit as for a
/// plain file. Throws Error(bad_data), Error(limit), Error(input_output) where the stream itself fails.
Dataset read_arrow_stream(ArrowArrayStream& stream, const Config& config);

}  // namespace mml
