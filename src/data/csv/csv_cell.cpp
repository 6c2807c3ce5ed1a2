// SPDX-License-Identifier: Apache-2.0
#include "data/csv/csv_cell.hpp"

#include <algorithm>
#include <cstring>

namespace mml {

namespace {

const char* find_quote(const char* begin, const char* end) {
    const void* found = begin == end ? nullptr : std::memchr(begin, '"', static_cast<std::size_t>(end - begin));
    return found == nullptr ? end : static_cast<const char*>(found);
}

// Whether the quote stands for itself because of a backslash before it; `begin` is where the cell's content begins.
bool is_escaped(const char* begin, const char* quote, CsvDialect dialect) {
    return dialect == CsvDialect::php && quote > begin && quote[-1] == '\\';
}

const char* find_separator(const char* begin, const char* end) {
    return std::find_if(begin, end, [](char c) { return c == ',' || c == '\n'; });
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
    if (begin == end || *begin != '"') {
        const char* separator = find_separator(begin, end);
        return {{begin, separator}, separator, CsvCell::Form::plain};
    }
    const char* content = begin + 1;
    const char* closing = find_closing_quote(content, end, dialect);
    if (closing == end) return {{content, end}, end, CsvCell::Form::unclosed};
    const char* separator = find_separator(closing + 1, end);
    const bool trailing = separator != closing + 1;
    return {{content, closing}, separator, trailing ? CsvCell::Form::trailing : CsvCell::Form::quoted};
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
