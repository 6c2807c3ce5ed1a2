// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/config.hpp"

namespace mml {

struct Dataset;

/// What the samples belong to, such as schools: never a feature.
struct SampleGroups {
    std::string column;                ///< what the column was called; empty: not known
    std::vector<std::string> names;    ///< all different
    std::vector<std::int32_t> of_row;  ///< one a row, an index into names
};

/// Moves the columns that options group_column and time_column name from the features to groups and times. Throws
/// Error(bad_data) where there is no such column, it is not one of features, or no feature is left.
void take_out_columns(Dataset& dataset, const Config& config);

}  // namespace mml
