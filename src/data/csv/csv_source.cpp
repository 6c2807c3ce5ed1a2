// SPDX-License-Identifier: Apache-2.0
#include "data/csv/csv_source.hpp"

#include "base/index.hpp"
#include "base/text.hpp"
#include "config/memory_limit.hpp"

namespace mml {

namespace {

std::string row_text(const CsvRecord& record) {
    if (record.line == record.number) return concat("row ", record.number);
    return concat("row ", record.number, " (line ", record.line, ")");
}

std::string limit_text(std::int64_t limit, const char* what, OptionId id) {
    return concat("more than ", limit, what, ", the limit set by option ", option(id).name);
}

}  // namespace

CsvSource::CsvSource(std::string source_name, CsvDialect csv_dialect, const Config& config)
    : name(std::move(source_name)),
      dialect(csv_dialect),
      most_rows(config.integer(OptionId::max_rows)),
      most_columns(config.integer(OptionId::max_columns)),
      most_cell_bytes(config.integer(OptionId::max_cell_bytes)),
      most_megabytes(config.integer(OptionId::memory_limit)) {}

void CsvSource::refuse(const std::string& message, Status status) const { fail(status, concat(name, ": ", message)); }

void CsvSource::refuse_row(const CsvRecord& record, const std::string& message, Status status) const {
    fail(status, concat(name, ", ", row_text(record), ": ", message));
}

std::string CsvSource::cell_text(const CsvRecord& record, std::int64_t column, std::string_view value) const {
    // The names themselves may be what is refused, and metadata have none.
    const bool named = names_row > 0 && record.number > names_row && column < std::ssize(column_names);
    const std::string column_name = named ? concat(" (", quote(item(column_names, column)), ")") : "";
    return concat(name, ", ", row_text(record), ", column ", column + 1, column_name, ": ", quote(value));
}

void CsvSource::refuse_cell(const CsvRecord& record, std::int64_t column, std::string_view value, const std::string& message,
                            Status status, Reason reason) const {
    fail(status, concat(cell_text(record, column, value), " ", message), reason);
}

void CsvSource::check_cell_bytes(const CsvRecord& record, std::int64_t column, std::string_view content) const {
    if (std::ssize(content) <= most_cell_bytes) return;
    refuse_cell(
        record, column, content,
        concat("has ", limit_text(most_cell_bytes, " bytes", OptionId::max_cell_bytes), "; does a quote never close?"),
        Status::limit);
}

void CsvSource::check_columns(const CsvRecord& record, std::int64_t columns) const {
    if (columns <= most_columns) return;
    refuse_row(record, limit_text(most_columns, " columns", OptionId::max_columns), Status::limit);
}

void CsvSource::check_rows(const CsvRecord& record, std::int64_t rows) const {
    if (rows <= most_rows) return;
    refuse_row(record, limit_text(most_rows, " samples", OptionId::max_rows), Status::limit);
}

void CsvSource::check_memory(const CsvRecord& record, std::int64_t bytes) const {
    if (MemoryLimit(most_megabytes).allows(bytes)) return;
    refuse_row(record, "reading so far takes " + limit_text(most_megabytes, " megabytes", OptionId::memory_limit),
               Status::limit);
}

}  // namespace mml
