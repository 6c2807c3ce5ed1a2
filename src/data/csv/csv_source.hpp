// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "config/config.hpp"
#include "data/csv/csv_cell.hpp"

namespace mml {

/// One record of a CSV file, without its line end.
struct CsvRecord {
    std::string_view text;
    std::int64_t number = 0;  ///< 1 for the first of the file
    std::int64_t line = 0;    ///< where it begins; greater than `number` where quoted cells hold line ends

    const char* begin() const { return text.data(); }
    const char* end() const { return text.data() + text.size(); }
};

/// What every step of reading one CSV file knows of it: how messages call it and its columns, its dialect, and the limits
/// that it may not pass.
struct CsvSource {
    CsvSource(std::string source_name, CsvDialect csv_dialect, const Config& config);

    std::string name;  ///< fit for a message
    CsvDialect dialect;
    std::int64_t most_rows;
    std::int64_t most_columns;
    std::int64_t most_cell_bytes;
    std::int64_t most_megabytes;            ///< 0: any number
    std::vector<std::string> column_names;  ///< of the cells of a record, once the record with the names is read
    std::int64_t names_row = 0;             ///< the number of that record

    /// File, row, column and value, as the messages about a cell begin.
    std::string cell_text(const CsvRecord& record, std::int64_t column, std::string_view value) const;
    // Columns count from 0 here, in messages from 1. Values are shown before the message.
    [[noreturn]] void refuse(const std::string& message, Status status = Status::bad_data) const;
    [[noreturn]] void refuse_row(const CsvRecord& record, const std::string& message,
                                 Status status = Status::bad_data) const;
    [[noreturn]] void refuse_cell(const CsvRecord& record, std::int64_t column, std::string_view value,
                                  const std::string& message, Status status = Status::bad_data,
                                  Reason reason = Reason::none) const;

    /// These throw Error(limit).
    void check_cell_bytes(const CsvRecord& record, std::int64_t column, std::string_view content) const;
    void check_columns(const CsvRecord& record, std::int64_t columns) const;
    void check_rows(const CsvRecord& record, std::int64_t rows) const;
    void check_memory(const CsvRecord& record, std::int64_t bytes) const;
};

}  // namespace mml
