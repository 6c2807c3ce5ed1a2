// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "data/column_type.hpp"
#include "data/typed_table.hpp"

namespace mml {

/// The names that an option lists: separated by commas, or as a JSON list. Throws Error(unknown_option).
std::vector<std::string> names_by_option(const Config& config, OptionId id);

/// The types that option types lists: name=type separated by commas, or a JSON object. Throws Error(unknown_option).
std::map<std::string, ColumnType> types_by_options(const Config& config);

/// The roles of a table's columns by options labelled, target, id and ignore; the target is the last column unless one is
/// named. Throws Error(bad_data) where a name is not there, or id or ignore names the target; `source` is what messages call
/// the table.
std::vector<TypedColumn> columns_by_options(const std::string& source, const std::vector<std::string>& names,
                                            const Config& config);

/// The task by options task and types, of which the second may give the target a type: number for regression, category for
/// classification; "auto" where neither says. Throws Error(unknown_option) where they disagree, and for a time.
std::string task_by_options(const std::string& source, const std::string& target, const Config& config);

/// What to say where an option, id or ignore, takes the target out of the features.
std::string target_taken_out(const std::string& name, const char* option_name);

}  // namespace mml
