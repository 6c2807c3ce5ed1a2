// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/large_vector.hpp"
#include "data/sparse_rows.hpp"

namespace mml {

/// Which rows of a table are equal. Distinct rows are numbered from 0 in order of first appearance.
struct EqualRows {
    LargeVector<std::int32_t> numbers;  ///< of each row, that of the distinct row it equals
    LargeVector<std::int64_t> first;    ///< of each distinct row, the first row that shows it
};

/// Throws Error(limit) where more than 2,147,483,647 rows differ.
EqualRows find_equal_rows(const SparseRows& rows);

}  // namespace mml
