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
    /// What a person should know of the labels, after finish().
    virtual void add_notes(const std::string& source, std::vector<std::string>& notes) const {
        static_cast<void>(source);
        static_cast<void>(notes);
    }
};

// An empty target is 0 in these, for in Moodle's files it is PHP's false.

/// Classes known beforehand. Names and labels that are both numbers compare as numbers.
std::unique_ptr<LabelColumn> listed_classes(std::vector<std::string> class_names);

/// Regression.
std::unique_ptr<LabelColumn> number_target();

/// Numbers that occur, each a class, sorted.
std::unique_ptr<LabelColumn> found_numbers();

}  // namespace mml
