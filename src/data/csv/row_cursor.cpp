// SPDX-License-Identifier: Apache-2.0
#include "data/csv/row_cursor.hpp"

#include <cmath>

#include "base/text.hpp"
#include "data/csv/text_encoding.hpp"

namespace mml {

namespace {

constexpr const char* number_advice =
    "is not a finite number: write digits with a point, such as -0.5 or 1.0E-7, and nothing where the value is missing";

constexpr const char* nul_byte = "holds a NUL byte: the file is binary, or not in UTF-8";

std::string name_of_separator(char separator) {
    switch (separator) {
        case ',': return "comma";
        case ';': return "semicolon";
        case '\t': return "tab";
        default: return "pipe";
    }
}

bool is_binary(std::string_view text) { return text.find('\0') != std::string_view::npos; }

}  // namespace

std::string_view without_blanks(std::string_view text, char separator) {
    // Most cells have none, and looking for all three takes time.
    const auto solid = [](char c) { return c != ' ' && c != '\t' && c != '\r'; };
    if (text.empty() || (solid(text.front()) && solid(text.back()))) return text;
    const char* const blanks = separator == '\t' ? " \r" : " \t\r";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

CsvCell RowCursor::take_cell() {
    if (position_ == nullptr) refuse_length();
    const CsvCell cell = scan_cell(position_, end_, source_.dialect);
    move_past(cell.end);
    source_.check_cell_bytes(record_, column_ - 1, cell.content);
    if (cell.form == CsvCell::Form::trailing) {
        refuse(cell.content, "has text after its closing quote; double the quotes inside a quoted cell");
    }
    return cell;
}

float RowCursor::take_long_feature() {
    const CsvCell cell = take_cell();
    if (cell.content.empty()) return std::numeric_limits<float>::quiet_NaN();
    double value = 0;
    const NumberForm form = parse_decimal(cell.content, value);
    if (form == NumberForm::none || form == NumberForm::not_finite) refuse(cell.content, number_advice);
    if (form == NumberForm::too_large || std::abs(value) >= beyond_float) {
        refuse(cell.content, "is beyond the range of 32-bit floating-point numbers (3.4E38)");
    }
    return static_cast<float>(value);
}

TableCell RowCursor::take_table_cell() {
    const CsvCell cell = take_cell();
    if (cell.form == CsvCell::Form::quoted) return {cell.content, true};
    return {without_blanks(cell.content, source_.dialect.separator), false};
}

std::string RowCursor::text_of(TableCell cell) const {
    if (is_binary(cell.content)) refuse(cell.content, nul_byte);
    if (valid_utf8(cell.content) != cell.content) refuse(cell.content, encoding_advice(cell.content));
    return cell.quoted ? unquoted(cell.content, source_.dialect) : std::string(cell.content);
}

std::string RowCursor::take_text() {
    if (!source_.dialect.backslashes) return text_of(take_table_cell());
    const CsvCell cell = take_cell();
    if (is_binary(cell.content)) refuse(cell.content, nul_byte);
    return valid_utf8(cell.form == CsvCell::Form::quoted ? unquoted(cell.content, source_.dialect)
                                                         : std::string(cell.content));
}

void RowCursor::refuse(std::string_view value, const std::string& message, Reason reason) const {
    // Cells that moved to another column look wrong there; that a row has too many or too few of them is what to tell.
    if (count_cells(record_, source_.dialect) != cells_) refuse_length();
    if (value.find('\0') != std::string_view::npos) {
        source_.refuse_cell(record_, column_ - 1, value, "holds a NUL byte: the file is binary, or not in UTF-8");
    }
    source_.refuse_cell(record_, column_ - 1, value, message, Status::bad_data, reason);
}

void RowCursor::refuse_length() const {
    const std::int64_t found = count_cells(record_, source_.dialect);
    source_.refuse_row(record_, concat("has ", found, found == 1 ? " cell" : " cells", " where ", cells_,
                                       " are needed; is the file cut off, or a ",
                                       name_of_separator(source_.dialect.separator), " missing or not quoted?"));
}

std::int64_t count_cells(const CsvRecord& record, CsvDialect dialect) {
    std::int64_t count = 1;
    for (const char* begin = record.begin();; ++count) {
        const CsvCell cell = scan_cell(begin, record.end(), dialect);
        if (cell.end == record.end()) return count;
        begin = cell.end + 1;
    }
}

std::vector<std::string> take_texts(const CsvSource& source, const CsvRecord& record) {
    const std::int64_t count = count_cells(record, source.dialect);
    RowCursor cursor(source, record, count);
    std::vector<std::string> texts;
    while (cursor.position() != nullptr) texts.push_back(cursor.take_text());
    return texts;
}

}  // namespace mml
