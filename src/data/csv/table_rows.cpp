// SPDX-License-Identifier: Apache-2.0
#include "data/csv/table_rows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/index.hpp"
#include "base/text.hpp"
#include "data/time_cell.hpp"

namespace mml {

namespace {

constexpr float missing = std::numeric_limits<float>::quiet_NaN();
// A column with more different texts is none of categories; the rest of its texts is missing.
constexpr std::size_t most_levels = 100000;

std::size_t count_features(const std::vector<TableColumn>& columns) {
    std::size_t count = 0;
    for (const TableColumn& column : columns) count += column.features();
    return count;
}

}  // namespace

TableRows::TableRows(const CsvSource& source, const CellRules& rules, const std::vector<TableColumn>& columns,
                     std::unique_ptr<LabelColumn> labels)
    : source_(source),
      rules_(rules),
      columns_(columns),
      labels_(std::move(labels)),
      found_(columns.size()),
      features_(static_cast<std::int64_t>(count_features(columns))),
      remainders_(static_cast<std::int64_t>(count_features(columns))) {}

void TableRows::add(const CsvRecord& record) {
    ++rows_;
    source_.check_rows(record, rows_);
    RowCursor cursor(source_, record, std::ssize(columns_));
    row_.clear();
    for (std::size_t place = 0; place < columns_.size(); ++place) take_cell(cursor, place);
    cursor.finish();
    features_.add_row(row_);
    source_.check_memory(record, bytes());
}

std::int64_t TableRows::bytes() const {
    return features_.bytes() + remainders_.bytes() + bytes_of_ids_ + bytes_of_texts_ + (labels_ ? labels_->bytes() : 0);
}

void TableRows::take_cell(RowCursor& cursor, std::size_t place) {
    const TableColumn& column = columns_[place];
    switch (column.role) {
        case CellRole::feature:
            if (column.type == ColumnType::number) return take_number(cursor, place);
            if (column.type == ColumnType::category) return take_category(cursor, place);
            return take_time(cursor, place);
        case CellRole::id:
            ids_.push_back(cursor.take_text());
            bytes_of_ids_ += narrowed<std::int64_t>(sizeof(std::string) + ids_.back().capacity());
            break;
        case CellRole::target:
            if (labels_) return labels_->take_cell(cursor);
            [[fallthrough]];
        case CellRole::ignored: cursor.take_table_cell(); break;
    }
}

void TableRows::take_number(RowCursor& cursor, std::size_t place) {
    double value = 0;
    if (rules_.short_numbers && cursor.take_short_number(value)) {
        ++found_[place].numbers;
        push_number(value);
        return;
    }
    const TableCell cell = cursor.take_table_cell();
    const CellForm form = rules_.read(without_blanks(cell.content), value);
    if (form != CellForm::number) row_.push_back(missing);
    if (form == CellForm::missing) return;
    const bool too_large = form == CellForm::too_large || (form == CellForm::number && std::abs(value) >= beyond_float);
    if (too_large) cursor.refuse(cell.content, "is beyond the range of 32-bit floating-point numbers (3.4E38)");
    if (form == CellForm::number) {
        push_number(value);
        ++found_[place].numbers;
    } else {
        note_odd(cursor, cell, form, place);
    }
}

void TableRows::push_number(double value) {
    remainders_.add(rows_ - 1, row_.size(), value);
    row_.push_back(static_cast<float>(value));
}

void TableRows::note_odd(RowCursor& cursor, TableCell cell, CellForm form, std::size_t place) {
    const TableColumn& column = columns_[place];
    const bool of_numbers = column.type == ColumnType::number;
    const std::string advice =
        of_numbers ? rules_.advice(form) : "is not a date or time: write it as 2024-01-31 or 2024-01-31 12:30";
    if (column.fixed) cursor.refuse(cell.content, advice);
    ColumnFindings& found = found_[place];
    ++found.odds;
    if (found.odd.empty()) found.odd = cursor.place_of(cell.content) + " " + advice;
    double seconds = 0;
    if (of_numbers && parse_time(without_blanks(cell.content), seconds)) {
        ++found.times;
    } else if (form == CellForm::text) {
        ++found.others;
    }
}

void TableRows::take_category(RowCursor& cursor, std::size_t place) {
    ColumnFindings& found = found_[place];
    const TableCell cell = cursor.take_table_cell();
    if (rules_.is_missing(cell.content)) return row_.push_back(missing);
    const bool has_quotes = cell.quoted && cell.content.find('"') != std::string_view::npos;
    std::int32_t code = has_quotes ? TextDictionary::none : found.texts.find(cell.content);
    if (code == TextDictionary::none) {
        const std::string text = cursor.text_of(cell);
        const std::int64_t before = found.texts.bytes();
        code = found.texts.size() < most_levels ? found.texts.add(text) : found.texts.find(text);
        bytes_of_texts_ += found.texts.bytes() - before;
        if (found.counts.size() < found.texts.size()) found.counts.push_back(0);
    }
    if (code == TextDictionary::none) return row_.push_back(missing);
    ++item(found.counts, code);
    row_.push_back(static_cast<float>(code));
}

void TableRows::take_time(RowCursor& cursor, std::size_t place) {
    const TableCell cell = cursor.take_table_cell();
    const std::string_view text = without_blanks(cell.content);
    double seconds = 0;
    if (!parse_time(text, seconds)) {
        row_.insert(row_.end(), TimeParts::count, missing);
        if (!rules_.is_missing(text)) note_odd(cursor, cell, CellForm::text, place);
        return;
    }
    ++found_[place].times;
    const TimeParts parts = time_parts(seconds);
    row_.insert(row_.end(), parts.values.begin(), parts.values.end());
}

// Of numbers with marks between thousands, or with the other decimal mark, no model should see names.
ColumnType TableRows::settled_type(const TableColumn& column, const ColumnFindings& found) const {
    if (column.role != CellRole::feature || column.fixed || found.odds == 0) return column.type;
    if (column.type != ColumnType::number) return ColumnType::category;
    if (found.times == found.odds && found.numbers == 0) return ColumnType::time;
    if (found.others + found.times == 0) fail(Status::bad_data, found.odd);
    return ColumnType::category;
}

bool TableRows::settle(std::vector<TableColumn>& columns) const {
    bool settled = true;
    for (std::size_t place = 0; place < columns_.size(); ++place) {
        const ColumnType type = settled_type(columns_[place], found_[place]);
        settled = settled && type == columns_[place].type;
        columns[place].type = type;
        const bool mostly_numbers = type == ColumnType::category && columns_[place].type == ColumnType::number &&
                                    found_[place].numbers > found_[place].odds;
        if (mostly_numbers) columns[place].remark = found_[place].odd;
    }
    return settled;
}

void TableRows::add_notes(std::vector<std::string>& notes) const {
    for (std::size_t place = 0; place < columns_.size(); ++place) {
        const TableColumn& column = columns_[place];
        const ColumnFindings& found = found_[place];
        if (!column.remark.empty()) {
            notes.push_back(concat(column.remark,
                                   "; as most cells of the column are numbers, the whole is a category now (option "
                                   "missing names marks of missing values)."));
        }
        if (column.known.empty()) continue;
        std::vector<std::string> unknown;
        std::int64_t rows = 0;
        for (std::size_t code = 0; code < found.texts.size(); ++code) {
            if (std::ranges::find(column.known, found.texts.texts()[code]) != column.known.end()) continue;
            unknown.push_back(found.texts.texts()[code]);
            rows += found.counts[code];
        }
        if (unknown.empty()) continue;
        notes.push_back(concat(source_.name, ": column ", quote(column.name), " has ", rows, rows == 1 ? " cell" : " cells",
                               " with a category that the model has not seen, such as ", quote(unknown.front()), "."));
    }
}

void TableRows::finish(Dataset& dataset) {
    add_notes(dataset.notes);
    dataset.column_names = feature_names(columns_);
    Categories categories;
    bool any = false;
    for (std::size_t place = 0; place < columns_.size(); ++place) {
        const bool category = columns_[place].features() == 1 && columns_[place].type == ColumnType::category;
        categories.resize(categories.size() + columns_[place].features());
        if (category) categories.back() = found_[place].texts.texts();
        any = any || (category && !categories.back().empty());
    }
    if (any) dataset.categories = std::move(categories);
    dataset.features = features_.finish();
    dataset.remainders = remainders_.finish(rows_);
    dataset.row_ids = std::move(ids_);
    if (!labels_) return;
    dataset.target = labels_->finish();
    labels_->add_notes(source_.name, dataset.notes);
}

}  // namespace mml
