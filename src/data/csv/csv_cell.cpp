// SPDX-License-Identifier: Apache-2.0
#include "data/csv/csv_cell.hpp"

#include <algorithm>
#include <cstring>

#include "base/index.hpp"

namespace mml {

namespace {

const char* find_quote(const char* begin, const char* end) {
    const void* found = begin == end ? nullptr : std::memchr(begin, '"', as_size(end - begin));
    return found == nullptr ? end : static_cast<const char*>(found);
}

// Whether the quote stands for itself because of a backslash before it; `begin` is where the cell's content begins.
bool is_escaped(const char* begin, const char* quote, CsvDialect dialect) {
    return dialect.backslashes && quote > begin && quote[-1] == '\\';
}

const char* find_separator(const char* begin, const char* end, char separator) {
    return std::find_if(begin, end, [separator](char c) { return c == separator || c == '\n'; });
}

const char* past_blanks(const char* begin, const char* end, CsvDialect dialect) {
    return dialect.blanks ? std::find_if(begin, end, [](char c) { return c != ' '; }) : begin;
}

// The quote that closes the cell whose content begins at `begin`, or `end`.
const char* find_closing_quote(const char* begin, const char* end, CsvDialect dialect) {
    const char* quote = find_quote(begin, end);
    while (quote != end) {
        const bool doubled = quote + 1 < end && quote[1] == '"';
        if (is_escaped(begin, quote, dialect)) {
            quote = find_quote(quote + 1, end);
        } else if (doubled) {
            quote = find_quote(quote + 2, end);
        } else {
            break;
        }
    }
    return quote;
}

}  // namespace

CsvCell scan_cell(const char* begin, const char* end, CsvDialect dialect) {
    const char* const quote = past_blanks(begin, end, dialect);
    if (quote == end || *quote != '"') {
        const char* separator = find_separator(begin, end, dialect.separator);
        return {{begin, separator}, separator, CsvCell::Form::plain};
    }
    const char* content = quote + 1;
    const char* closing = find_closing_quote(content, end, dialect);
    if (closing == end) return {{content, end}, end, CsvCell::Form::unclosed};
    const char* const after = past_blanks(closing + 1, end, dialect);
    const char* separator = find_separator(after, end, dialect.separator);
    return {{content, closing}, separator, separator == after ? CsvCell::Form::quoted : CsvCell::Form::trailing};
}

std::string unquoted(std::string_view content, CsvDialect dialect) {
    const char* begin = content.data();
    const char* end = begin + content.size();
    std::string text;
    const char* position = begin;
    for (const char* quote = find_quote(position, end); quote != end; quote = find_quote(position, end)) {
        text.append(position, quote + 1);
        position = quote + (is_escaped(begin, quote, dialect) ? 1 : 2);
    }
    return text.append(position, end);
}

}  // namespace mml
