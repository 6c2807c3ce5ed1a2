// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mml {

/// What the cells of a column are to a model.
enum class ColumnType {
    number,    ///< one number
    category,  ///< one of several texts
    time       ///< a date or time: several numbers (TimeParts)
};

}  // namespace mml
