// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "data/column_type.hpp"
#include "data/csv/csv_source.hpp"
#include "data/csv/sample_rows.hpp"
#include "data/wanted_columns.hpp"

namespace mml {

/// What becomes of one column of a plain table.
struct TableColumn {
    std::string name;
    CellRole role = CellRole::feature;
    ColumnType type = ColumnType::number;
    bool fixed = false;                   ///< an option or a model says the type; else a cell that does not fit changes it
    std::vector<std::string> known = {};  ///< the levels that a model knows
    std::string remark = {};              ///< the first cell for which it is no column of numbers, where most are numbers

    std::size_t features() const;
};

/// The roles and types of a table's columns, by its row of names, options target, id, ignore and types, and `wanted` (or
/// nullptr). Adds what a person should know to `notes`. Throws Error(bad_data) where a name is not there.
std::vector<TableColumn> table_columns(const CsvSource& source, const CsvRecord& names, const Config& config,
                                       const WantedColumns* wanted, std::vector<std::string>& notes);

/// The names of the features that the columns make.
std::vector<std::string> feature_names(const std::vector<TableColumn>& columns);

}  // namespace mml
