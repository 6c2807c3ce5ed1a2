// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/config.hpp"
#include "data/dataset.hpp"

namespace mml {

/// A rank's shard as a part of the whole table: classes, levels and groups have the same numbers on all ranks. A class or
/// level may occur on one rank alone. A rank without rows takes the columns of the others. Collective over config.ranks().
/// Throws Error(mismatch) on every rank if they disagree: on the library's version, options, columns, their types or the
/// task.
Dataset ranked_dataset(const Dataset& dataset, const Config& config);

}  // namespace mml
