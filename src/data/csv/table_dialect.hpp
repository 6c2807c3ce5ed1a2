// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "config/config.hpp"
#include "data/csv/csv_cell.hpp"

namespace mml {

/// How a plain table separates its cells and writes its numbers.
struct TableDialect {
    CsvDialect cells;
    bool decimal_comma = false;
};

/// By options separator and decimal; where these are auto, by the table's first rows. The separator is the one of `,`, tab,
/// `;` and `|` that gives most rows as many cells as the first one (two or more); of equal ones that which gives more cells.
/// Numbers have a decimal comma where some of these rows' cells have one and none has a decimal point.
/// `beginning`: the first bytes, which may end within a row.
TableDialect table_dialect(std::string_view beginning, const Config& config);

}  // namespace mml
