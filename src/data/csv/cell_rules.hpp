// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"

namespace mml {

/// What the cell of a plain table holds.
enum class CellForm {
    number,
    missing,
    thousands,     ///< a number whose thousands are marked: 1,234.5
    decimal_mark,  ///< a number with the decimal mark that the table does not use
    not_finite,    ///< inf, nan
    too_large,     ///< a number beyond a double's range
    text
};

/// How the cells of one plain table are read.
struct CellRules {
    CellRules(bool comma_is_decimal, const Config& config);

    /// Reads a cell without the blanks around it; `value` is set where it is a number.
    CellForm read(std::string_view cell, double& value) const;
    bool is_missing(std::string_view cell) const;
    /// What to say of a cell that is no number though one was expected.
    std::string advice(CellForm form) const;

    bool decimal_comma;
    std::vector<std::string> missing;  ///< marks of a missing value, in capitals or not, apart from nothing
    bool short_numbers;                ///< whether digits with a point are always a number
};

/// The marks that option `missing` lists.
std::vector<std::string> missing_marks(std::string_view list);

/// Whether the text is a number as some country writes it, and none as programs do: thousands or decimal_mark; else text.
/// A comma or point before three digits is a decimal mark where it is `decimal`.
CellForm country_number(std::string_view text, char decimal);

}  // namespace mml
