// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mml {

/// How quotes inside a quoted cell are written. In both, two quotes stand for one.
enum class CsvDialect {
    standard,  ///< RFC 4180
    php        ///< as PHP's fputcsv writes: a quote right after a backslash stands for itself
};

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

/// The cell that begins at `begin`. It ends before a comma, a line feed outside quotes, or `end`.
CsvCell scan_cell(const char* begin, const char* end, CsvDialect dialect);

/// A quoted cell's content as it was before it was written.
std::string unquoted(std::string_view content, CsvDialect dialect);

}  // namespace mml
