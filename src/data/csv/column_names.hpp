// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "data/csv/record_reader.hpp"

namespace mml {

/// Reads the record with the columns' names into source.column_names; where there is none, refuses the file with
/// `if_absent`.
void read_column_names(RecordReader& reader, CsvSource& source, CsvRecord& record, const char* if_absent);

/// Throws Error(bad_data) where two of the names from `first` to before `last` are the same.
void check_different_names(const CsvSource& source, const CsvRecord& record, std::int64_t first, std::int64_t last);

}  // namespace mml
