// SPDX-License-Identifier: Apache-2.0
#include "data/csv/record_reader.hpp"

#include <algorithm>
#include <cstring>

#include "base/index.hpp"
#include "data/csv/text_encoding.hpp"

namespace mml {

namespace {

constexpr std::size_t first_buffer_bytes = std::size_t{1} << 18U;

const char* find_byte(const char* begin, const char* end, char byte) {
    if (begin == end) return nullptr;
    return static_cast<const char*>(std::memchr(begin, byte, as_size(end - begin)));
}

// The line feed that ends the record, or nullptr where it is not in the text.
const char* find_end_outside_quotes(const char* begin, const char* end, CsvDialect dialect) {
    for (;;) {
        const CsvCell cell = scan_cell(begin, end, dialect);
        if (cell.end == end) return nullptr;
        if (*cell.end == '\n') return cell.end;
        begin = cell.end + 1;
    }
}

}  // namespace

RecordReader::RecordReader(ReadBytes read, const CsvSource& source)
    : read_(std::move(read)), source_(source), buffer_(first_buffer_bytes) {
    while (!at_end_ && end_ < byte_order_mark.size()) read_more();
    if (std::string_view(unread(), end_).starts_with(byte_order_mark)) begin_ = byte_order_mark.size();
}

bool RecordReader::next(CsvRecord& record) {
    for (;;) {
        const char* line_feed = find_record_end();
        if (line_feed == nullptr) return false;
        const char* begin = unread();
        const bool after_return = line_feed > begin && line_feed[-1] == '\r';
        record = {std::string_view(begin, after_return ? line_feed - 1 : line_feed), number_ + 1, line_};
        number_ += 1;
        line_ += more_lines_ + 1;
        begin_ = as_size(line_feed + 1 - buffer_.data());
        searched_ = 0;
        if (!record.text.empty()) break;
        if (blank_.number == 0) blank_ = record;
    }
    if (blank_.number > 0) source_.refuse_row(blank_, "the row is empty; remove it");
    return true;
}

const char* RecordReader::find_record_end() {
    for (;;) {
        const char* line_feed = find_byte(unread() + searched_, end_of_bytes(), '\n');
        more_lines_ = 0;
        if (line_feed != nullptr && find_byte(unread(), line_feed, '"') == nullptr) return line_feed;
        if (line_feed != nullptr) {
            line_feed = find_end_outside_quotes(unread(), end_of_bytes(), source_.dialect);
            if (line_feed != nullptr) {
                more_lines_ = std::count(unread(), line_feed, '\n');
                return line_feed;
            }
        } else {
            searched_ = end_ - begin_;
        }
        if (at_end_ && begin_ == end_) return nullptr;
        if (at_end_) refuse_unclosed();
        read_more();
    }
}

void RecordReader::read_more() {
    make_room();
    const std::size_t room = buffer_.size() - readable_after - end_;
    const std::size_t count = read_(std::span(buffer_).subspan(end_, room));
    end_ += count;
    if (count > 0) return;
    at_end_ = true;
    // The room is at least one byte, which the line feed of a last line without one takes.
    if (end_ > begin_ && buffer_[end_ - 1] != '\n') buffer_[end_++] = '\n';
}

void RecordReader::make_room() {
    std::copy(buffer_.data() + begin_, buffer_.data() + end_, buffer_.data());
    end_ -= begin_;
    begin_ = 0;
    if (end_ + readable_after < buffer_.size()) return;
    check_unfinished();
    buffer_.resize(buffer_.size() * 2);
}

// A record longer than the buffer: a defective file must not take memory without end.
void RecordReader::check_unfinished() const {
    const CsvRecord record{{unread(), end_ - begin_}, number_ + 1, line_};
    std::int64_t column = 0;
    for (const char* begin = unread();; ++column) {
        const CsvCell cell = scan_cell(begin, end_of_bytes(), source_.dialect);
        source_.check_cell_bytes(record, column, cell.content);
        source_.check_columns(record, column + 1);
        if (cell.end == end_of_bytes()) break;
        begin = cell.end + 1;
    }
    source_.check_memory(record, static_cast<std::int64_t>(buffer_.size() * 2));
}

void RecordReader::refuse_unclosed() const {
    const CsvRecord record{{unread(), end_ - begin_}, number_ + 1, line_};
    std::int64_t column = 0;
    CsvCell cell = scan_cell(unread(), end_of_bytes(), source_.dialect);
    for (; cell.end != end_of_bytes(); ++column) cell = scan_cell(cell.end + 1, end_of_bytes(), source_.dialect);
    source_.check_cell_bytes(record, column, cell.content);
    source_.refuse_cell(
        record, column, cell.content,
        "begins with a quote that never closes: the file is truncated, or a quote inside the cell is not doubled");
}

}  // namespace mml
