// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mml {

/// The columns of a table as somebody named them, or did not.
struct ColumnNames {
    const std::vector<std::string>& names;
    bool named;
    std::string source;          ///< what messages call the table
    std::string id_column_name;  ///< Dataset::id_column_name
    bool by_position = false;    ///< wanted columns: the first of the table, which may have more
};

/// For each wanted column the one of `table` that holds it: by name where both have names (also x0, x1, ... for those of a
/// model without), else by position. A header that lacks a name for the ids (an unlabelled Moodle file that repeats the
/// training file's header) shifts every name by one; where the shifted names are the wanted ones exactly, the columns are
/// taken by position. Throws Error(mismatch).
std::vector<std::int32_t> match_column_names(const ColumnNames& wanted, const ColumnNames& table);

/// Whether each of the names is one of the others.
bool all_among(const std::vector<std::string>& names, const std::vector<std::string>& others);

/// For each of `wanted` its place in `all`; throws Error(mismatch) naming what is absent.
std::vector<std::int32_t> match_class_names(const std::vector<std::string>& wanted, const std::vector<std::string>& all);

}  // namespace mml
