// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "data/csv/cell_rules.hpp"
#include "data/csv/label_column.hpp"
#include "data/csv/row_cursor.hpp"
#include "data/csv/sample_rows.hpp"
#include "data/dataset.hpp"
#include "data/table_builder.hpp"

namespace mml {

/// Collects the rows of samples of a plain table, of which each cell has a role.
class TableRows {
public:
    /// `labels`: needed where a cell is the target.
    TableRows(const CsvSource& source, const CellRules& rules, std::vector<CellRole> roles,
              std::unique_ptr<LabelColumn> labels);

    void add(const CsvRecord& record);
    /// Sets features, row_ids and target of the data set, and adds notes.
    void finish(Dataset& dataset);

private:
    void take_cell(RowCursor& cursor, CellRole role);
    float take_number(RowCursor& cursor);

    const CsvSource& source_;
    const CellRules& rules_;
    std::vector<CellRole> roles_;
    std::unique_ptr<LabelColumn> labels_;
    TableBuilder features_;
    std::vector<float> row_;
    std::vector<std::string> ids_;
    std::int64_t bytes_of_ids_ = 0;
    std::int64_t rows_ = 0;
};

}  // namespace mml
