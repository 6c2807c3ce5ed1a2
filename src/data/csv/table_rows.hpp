// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "data/csv/cell_rules.hpp"
#include "data/csv/label_column.hpp"
#include "data/csv/row_cursor.hpp"
#include "data/csv/table_columns.hpp"
#include "data/dataset.hpp"
#include "data/remainders.hpp"
#include "data/table_builder.hpp"
#include "data/text_dictionary.hpp"

namespace mml {

/// What was met in the cells of one column.
struct ColumnFindings {
    TextDictionary texts = {};              ///< of a category, in order of appearance
    std::vector<std::int64_t> counts = {};  ///< the rows of each
    std::int64_t numbers = 0;
    std::int64_t times = 0;
    std::int64_t others = 0;  ///< texts that are no number in any country's way, and no time
    std::string odd = {};     ///< the message on the first cell that does not fit the type
    std::int64_t odds = 0;    ///< how many do not
};

/// Collects the rows of samples of a plain table, whose columns have the given roles and types.
class TableRows {
public:
    /// `labels`: needed where a column is the target.
    TableRows(const CsvSource& source, const CellRules& rules, const std::vector<TableColumn>& columns,
              std::unique_ptr<LabelColumn> labels);

    void add(const CsvRecord& record);

    /// Widens the types of columns whose cells did not fit: a column is of numbers (or of times) only where every cell is
    /// one or is missing, else a category. True where none had to be: then finish() gives the table; else the file is to be
    /// read again. Throws Error(bad_data), naming the cell, where a column is of numbers but for how they are written.
    bool settle(std::vector<TableColumn>& columns) const;

    /// Sets features, names, categories, row_ids and target of the data set, and adds notes.
    void finish(Dataset& dataset);

private:
    void take_cell(RowCursor& cursor, std::size_t place);
    void take_number(RowCursor& cursor, std::size_t place);
    void push_number(double value);
    void take_category(RowCursor& cursor, std::size_t place);
    void take_time(RowCursor& cursor, std::size_t place);
    void note_odd(RowCursor& cursor, TableCell cell, CellForm form, std::size_t place);
    ColumnType settled_type(const TableColumn& column, const ColumnFindings& found) const;
    void add_notes(std::vector<std::string>& notes) const;
    std::int64_t bytes() const;

    const CsvSource& source_;
    const CellRules& rules_;
    const std::vector<TableColumn> columns_;
    std::unique_ptr<LabelColumn> labels_;
    std::vector<ColumnFindings> found_;
    TableBuilder features_;
    Remainders remainders_;
    std::vector<float> row_;
    std::vector<std::string> ids_;
    std::int64_t bytes_of_ids_ = 0;
    std::int64_t bytes_of_texts_ = 0;
    std::int64_t rows_ = 0;
};

}  // namespace mml
