// SPDX-License-Identifier: Apache-2.0
#include "data/csv/column_names.hpp"

#include <map>

#include "base/index.hpp"
#include "base/text.hpp"
#include "data/csv/row_cursor.hpp"

namespace mml {

void read_column_names(RecordReader& reader, CsvSource& source, CsvRecord& record, const char* if_absent) {
    if (!reader.next(record)) source.refuse(if_absent);
    source.column_names = take_texts(source, record);
    source.check_columns(record, std::ssize(source.column_names));
    source.names_row = record.number;
}

void check_different_names(const CsvSource& source, const CsvRecord& record, std::int64_t first, std::int64_t last) {
    std::map<std::string_view, std::int64_t> places;
    for (std::int64_t i = first; i < last; ++i) {
        const std::string& name = item(source.column_names, i);
        const auto [place, is_new] = places.emplace(name, i);
        if (!is_new) source.refuse_cell(record, i, name, concat("is also the name of column ", place->second + 1));
    }
}

}  // namespace mml
