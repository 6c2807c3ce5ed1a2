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
    bool separator_row = false;  ///< whether the first row is sep=; or the like, by which Excel is told the separator
};

/// A first row such as sep=; says the separator, else option separator. Where that is auto, it is the one of `,`, tab, `;`
/// and `|` that gives most of the first rows as many cells as the first one, two or more; of equal ones that which gives
/// more cells. Where option decimal is auto: numbers have a decimal comma where some of these rows' cells have one and none
/// has a point. `beginning`: the first bytes, which may end within a row.
TableDialect table_dialect(std::string_view beginning, const Config& config);

}  // namespace mml
