// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "data/dataset.hpp"
#include "evaluation/columns.hpp"

namespace mml {

/// What a column belongs to, by its name: columns of one family are rated together. No function: each column is its own.
using ColumnFamily = std::function<std::string(const std::string& column)>;

/// Columns that are rated together, because one alone would answer for the others.
struct ColumnUnit {
    std::string name;                  ///< the family of its first column
    std::vector<std::size_t> columns;  ///< rising; none is constant
};

/// Units of the given columns: those of one family, and those that are equal in all rows. Constant columns are left out.
std::vector<ColumnUnit> column_units(const Dataset& dataset, const Columns& cells, std::span<const std::int32_t> columns,
                                     const ColumnFamily& family);

}  // namespace mml
