// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/csv/row_cursor.hpp"
#include "data/dataset.hpp"

namespace mml {

/// Collects the target while the rows are read.
class LabelColumn {
public:
    virtual ~LabelColumn() = default;

    /// Takes the target's cell of one row.
    virtual void take_cell(RowCursor& cursor) = 0;
    /// Bytes of memory taken.
    virtual std::int64_t bytes() const = 0;
    /// What is known of all rows; nothing can be added afterwards.
    virtual Target finish() = 0;
};

/// What an empty target means.
enum class EmptyLabel {
    zero,  ///< in Moodle's files it is PHP's false
    refused
};

/// Classes known beforehand. Names and labels that are both numbers compare as numbers.
std::unique_ptr<LabelColumn> listed_classes(std::vector<std::string> class_names);

/// Regression.
std::unique_ptr<LabelColumn> number_target(EmptyLabel empty);

/// Classes as they occur: sorted, numbers (`1` and `1.0` are one class) before texts.
std::unique_ptr<LabelColumn> found_classes(EmptyLabel empty, bool texts_allowed);

/// Classes where the cells hold text or at most 20 different whole numbers, else regression.
std::unique_ptr<LabelColumn> classes_or_numbers();

}  // namespace mml
