// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mml {

/// How a file separates and quotes cells. In all, two quotes inside a quoted cell stand for one.
struct CsvDialect {
    bool backslashes = false;  ///< as PHP's fputcsv writes: a quote right after a backslash stands for itself
    bool blanks = false;       ///< spaces may stand between a cell's quotes and the separators
    char separator = ',';

    static const CsvDialect standard;  ///< RFC 4180
    static const CsvDialect php;
};

inline constexpr CsvDialect CsvDialect::standard{};
inline constexpr CsvDialect CsvDialect::php{true};

/// One cell as it stands in a record.
struct CsvCell {
    enum class Form {
        plain,
        quoted,
        unclosed,  ///< the closing quote is not in the text
        trailing   ///< there is text between the closing quote and the separator
    };
    std::string_view content;  ///< what stands between the quotes, or the whole cell
    const char* end;           ///< the separator after the cell, or the end of the text
    Form form = Form::plain;
};

/// The cell that begins at `begin`. It ends before a separator, a line feed outside quotes, or `end`.
CsvCell scan_cell(const char* begin, const char* end, CsvDialect dialect);

/// A quoted cell's content as it was before it was written.
std::string unquoted(std::string_view content, CsvDialect dialect);

}  // namespace mml
