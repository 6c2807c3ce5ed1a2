// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "data/csv/csv_source.hpp"
#include "data/csv/read_bytes.hpp"

namespace mml {

/// Splits a CSV file into records, holding in memory no more than a piece of the file or the longest record.
class RecordReader {
public:
    RecordReader(ReadBytes read, const CsvSource& source);

    /// False at the end of the file. The record stays until the next call; at least `readable_after` bytes after its
    /// text may be read, the first of which is a CR or LF.
    bool next(CsvRecord& record);
    static constexpr std::size_t readable_after = 16;

private:
    const char* unread() const { return buffer_.data() + begin_; }
    const char* end_of_bytes() const { return buffer_.data() + end_; }
    const char* find_record_end();
    void read_more();
    void make_room();
    void check_unfinished() const;
    [[noreturn]] void refuse_unclosed() const;

    ReadBytes read_;
    const CsvSource& source_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;     // of the record that comes next
    std::size_t end_ = 0;       // of the bytes read
    std::size_t searched_ = 0;  // bytes from begin_ on that hold no line feed
    bool at_end_ = false;
    std::int64_t number_ = 0;      // of the last record
    std::int64_t line_ = 1;        // where the next record begins
    std::int64_t more_lines_ = 0;  // lines of the record found last but one
    CsvRecord blank_;              // a record without a byte, which only the end of the file may follow
};

}  // namespace mml
