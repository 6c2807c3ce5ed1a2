// SPDX-License-Identifier: Apache-2.0
#include "data/csv/table_dialect.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "base/index.hpp"
#include "base/text.hpp"
#include "data/csv/cell_rules.hpp"

namespace mml {

namespace {

constexpr std::size_t most_rows = 100;

CsvDialect separated_by(char separator) { return {false, true, separator}; }

// The cells of the first rows. A row that the text's end cuts short is left out, unless it is the only one.
std::vector<std::vector<std::string_view>> first_rows(std::string_view text, CsvDialect dialect) {
    std::vector<std::vector<std::string_view>> rows(1);
    const char* const end = text.data() + text.size();
    for (const char* begin = text.data(); begin != end;) {
        const CsvCell cell = scan_cell(begin, end, dialect);
        rows.back().push_back(trimmed(cell.content));
        if (cell.end == end) break;
        begin = cell.end + 1;
        if (*cell.end != '\n') continue;
        if (rows.size() == most_rows) return rows;
        rows.emplace_back();
    }
    if (rows.size() > 1) rows.pop_back();
    return rows;
}

struct Agreement {
    std::size_t rows = 0;  // that have as many cells as the first
    std::size_t cells = 0;
};

Agreement agreement(std::string_view text, char separator) {
    const auto rows = first_rows(text, separated_by(separator));
    const std::size_t cells = rows.front().size();
    if (cells < 2) return {};
    const auto alike = std::ranges::count_if(rows, [&](const auto& row) { return row.size() == cells; });
    // Whatever the separator, a share of the rows: a quote that never closes leaves few.
    return {as_size(alike) * 1000 / rows.size(), cells};
}

char found_separator(std::string_view text) {
    char best = ',';
    Agreement most;
    for (const char separator : {',', '\t', ';', '|'}) {
        const Agreement found = agreement(text, separator);
        const bool better = found.rows > most.rows || (found.rows == most.rows && found.cells > most.cells);
        if (!better) continue;
        best = separator;
        most = found;
    }
    return best;
}

char separator_of(std::string_view text, const std::string& name) {
    if (name == "comma") return ',';
    if (name == "semicolon") return ';';
    if (name == "tab") return '\t';
    return name == "pipe" ? '|' : found_separator(text);
}

// Where the separator is a comma, a comma before three digits marks thousands: so English tables write 1,234.
bool has_decimal_commas(std::string_view text, CsvDialect dialect) {
    const char decimal = dialect.separator == ',' ? '.' : ',';
    bool commas = false;
    for (const auto& row : first_rows(text, dialect)) {
        for (const std::string_view cell : row) {
            if (country_number(cell, decimal) != CellForm::decimal_mark) continue;
            if (cell.find('.') != std::string_view::npos) return false;
            commas = true;
        }
    }
    return commas;
}

}  // namespace

TableDialect table_dialect(std::string_view beginning, const Config& config) {
    TableDialect dialect;
    const std::string_view first_row = beginning.substr(0, beginning.find('\n'));
    if (first_row.starts_with("sep=") && trimmed(first_row).size() <= 5 && first_row.size() >= 5) {
        dialect = {separated_by(first_row[4]), false, true};
        beginning.remove_prefix(std::min(first_row.size() + 1, beginning.size()));
    } else {
        dialect.cells = separated_by(separator_of(beginning, config.text(OptionId::separator)));
    }
    const std::string& decimal = config.text(OptionId::decimal);
    dialect.decimal_comma = decimal == "auto" ? has_decimal_commas(beginning, dialect.cells) : decimal == "comma";
    return dialect;
}

}  // namespace mml
