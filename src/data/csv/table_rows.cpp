// SPDX-License-Identifier: Apache-2.0
#include "data/csv/table_rows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mml {

namespace {

constexpr float missing = std::numeric_limits<float>::quiet_NaN();

}  // namespace

TableRows::TableRows(const CsvSource& source, const CellRules& rules, std::vector<CellRole> roles,
                     std::unique_ptr<LabelColumn> labels)
    : source_(source),
      rules_(rules),
      roles_(std::move(roles)),
      labels_(std::move(labels)),
      features_(std::ranges::count(roles_, CellRole::feature)) {}

void TableRows::add(const CsvRecord& record) {
    ++rows_;
    source_.check_rows(record, rows_);
    RowCursor cursor(source_, record, static_cast<std::int64_t>(roles_.size()));
    row_.clear();
    for (const CellRole role : roles_) take_cell(cursor, role);
    cursor.finish();
    features_.add_row(row_);
    source_.check_memory(record, features_.bytes() + bytes_of_ids_ + (labels_ ? labels_->bytes() : 0));
}

void TableRows::take_cell(RowCursor& cursor, CellRole role) {
    switch (role) {
        case CellRole::feature: row_.push_back(take_number(cursor)); break;
        case CellRole::id:
            ids_.push_back(cursor.take_text());
            bytes_of_ids_ += static_cast<std::int64_t>(sizeof(std::string) + ids_.back().capacity());
            break;
        case CellRole::target: labels_->take_cell(cursor); break;
        case CellRole::ignored: cursor.take_table_cell(); break;
    }
}

float TableRows::take_number(RowCursor& cursor) {
    double value = 0;
    if (rules_.short_numbers && cursor.take_short_number(value)) return static_cast<float>(value);
    const TableCell cell = cursor.take_table_cell();
    const CellForm form = rules_.read(without_blanks(cell.content), value);
    if (form == CellForm::missing) return missing;
    if (form != CellForm::number && form != CellForm::too_large) cursor.refuse(cell.content, rules_.advice(form));
    if (form == CellForm::too_large || std::abs(value) >= beyond_float) {
        cursor.refuse(cell.content, "is beyond the range of 32-bit floating-point numbers (3.4E38)");
    }
    return static_cast<float>(value);
}

void TableRows::finish(Dataset& dataset) {
    dataset.features = features_.finish();
    dataset.row_ids = std::move(ids_);
    if (!labels_) return;
    dataset.target = labels_->finish();
    labels_->add_notes(source_.name, dataset.notes);
}

}  // namespace mml
