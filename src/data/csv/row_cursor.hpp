// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "data/csv/csv_source.hpp"
#include "data/csv/number_cell.hpp"

namespace mml {

/// Half a unit in the last place above the largest float32: what reaches it rounds to infinity.
constexpr double beyond_float = 0x1.ffffffp127;

/// A plain table's cell: without blanks around it, or between its quotes.
struct TableCell {
    std::string_view content;  ///< quotes inside a quoted cell are still doubled
    bool quoted;
};

/// Without the spaces and tabs around it.
std::string_view without_blanks(std::string_view text, char separator = ',');

/// Takes the cells of one record from left to right. The record is one of RecordReader's, which may be read a little past
/// its end.
class RowCursor {
public:
    /// `cells`: how many the record must have.
    RowCursor(const CsvSource& source, const CsvRecord& record, std::int64_t cells)
        : source_(source), record_(record), cells_(cells), position_(record.begin()), end_(record.end()) {}

    /// Where the next cell begins, or null after the last one.
    const char* position() const { return position_; }

    /// Moves on by cells that are known to be valid and to end with a comma.
    void skip(std::int64_t cells, std::ptrdiff_t bytes) {
        column_ += cells;
        position_ += bytes;
    }
    /// A number of float32's range, as a double's nearest float32; NaN where the cell is empty.
    float take_feature();
    /// The cell's text without its quotes; always valid UTF-8.
    std::string take_text();

    // Of a plain table:
    TableCell take_table_cell();
    /// The cell's number where it is a short one with a decimal point and no blanks; else takes nothing, and gives false.
    bool take_short_number(double& value);
    /// The text of the cell taken last; refuses it unless it is valid UTF-8.
    std::string text_of(TableCell cell) const;

    /// Throws Error(bad_data) unless all cells have been taken.
    void finish() const {
        if (position_ != nullptr) refuse_length();
    }

    /// Names file, row and column of the cell taken last, with its value: the beginning of a message.
    std::string place_of(std::string_view value) const { return source_.cell_text(record_, column_ - 1, value); }
    /// Refuses the cell taken last.
    [[noreturn]] void refuse(std::string_view value, const std::string& message, Reason reason = Reason::none) const;

private:
    CsvCell take_cell();
    float take_long_feature();
    void move_past(const char* end_of_cell) {
        position_ = end_of_cell == end_ ? nullptr : end_of_cell + 1;
        ++column_;
    }
    [[noreturn]] void refuse_length() const;

    const CsvSource& source_;
    const CsvRecord& record_;
    std::int64_t cells_;
    const char* position_;
    const char* end_;
    std::int64_t column_ = 0;  // of the next cell
};

/// How many cells a record has.
std::int64_t count_cells(const CsvRecord& record, CsvDialect dialect);

/// All cells of a record, whose number is not known before.
std::vector<std::string> take_texts(const CsvSource& source, const CsvRecord& record);

inline bool RowCursor::take_short_number(double& value) {
    if (position_ == nullptr) return false;
    const char* const after = parse_short_number(position_, value);
    if (after == nullptr || (after != end_ && *after != source_.dialect.separator)) return false;
    move_past(after);
    return true;
}

inline float RowCursor::take_feature() {
    if (position_ == nullptr) refuse_length();
    double value = std::numeric_limits<double>::quiet_NaN();
    const bool empty = position_ == end_ || *position_ == ',';
    const char* after = empty ? position_ : parse_short_number(position_, value);
    if (after == nullptr || (after != end_ && *after != ',')) return take_long_feature();
    move_past(after);
    return static_cast<float>(value);
}

}  // namespace mml
