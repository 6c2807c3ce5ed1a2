// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "base/index.hpp"
#include "capi/arrays.hpp"
#include "capi/guard.hpp"
#include "capi/tables.hpp"
#include "data/typed_table.hpp"

namespace mml::capi {

namespace {

std::string utf8_text(const char* text, const std::string& name) {
    const std::string_view given = given_text(text, name.c_str());
    if (valid_utf8(given) != given) fail(Status::invalid_argument, concat(name, " is ", mml::quote(given), ": give UTF-8"));
    return std::string(given);
}

ColumnType type_of(const mml_column& column, const std::string& name) {
    switch (column.type) {
        case MML_NUMBER: return ColumnType::number;
        case MML_CATEGORY: return ColumnType::category;
        case MML_TIME: return ColumnType::time;
        default:
            fail(Status::invalid_argument,
                 concat(name, ": type is ", column.type, ": give one of MML_NUMBER (1), MML_CATEGORY (2), MML_TIME (3)"));
    }
}

void check_levels(const mml_column& column, const std::string& name) {
    const std::int32_t most = column.type == MML_CATEGORY ? std::numeric_limits<std::int32_t>::max() : 0;
    if (column.level_count < 0 || column.level_count > most) {
        fail(Status::invalid_argument,
             concat(name, ": level_count is ", column.level_count, ": give a category's number of levels, else 0"));
    }
}

void add_levels(TypedTable& table, std::size_t place, const mml_column& column, const std::string& name) {
    if (column.level_count > 0) given(column.levels, concat(name, ": levels").c_str());
    for (std::int32_t i = 0; i < column.level_count; ++i) {
        const std::string text = utf8_text(column.levels[i], concat(name, ": levels[", i, "]"));
        if (table.add_level(place, text) != i) {
            fail(Status::bad_data,
                 concat(name, ": the level ", mml::quote(text), " occurs twice: give each a text of its own"));
        }
    }
}

std::int32_t level_at(const ListView& values, std::int64_t row, const mml_column& column, const std::string& name) {
    const double value = values.at(row);
    if (std::isnan(value) || value < 0) return TextDictionary::none;
    if (value >= column.level_count || value != std::floor(value)) {
        fail(Status::bad_data, concat(name, ": row ", row, " is ", value, ": give the index of one of its ",
                                      column.level_count, " levels, and a negative number where it is missing"));
    }
    return static_cast<std::int32_t>(value);
}

void set_cells(TypedTable& table, std::size_t place, const ListView& values, const mml_column& column,
               const std::string& name, std::int64_t first, std::int64_t count) {
    for (std::int64_t row = 0; row < count; ++row) {
        if (column.type == MML_CATEGORY) {
            table.set_level(place, row, level_at(values, first + row, column, name));
        } else if (column.type == MML_TIME) {
            table.set_time(place, row, values.at(first + row));
        } else {
            table.set_number(place, row, values.at(first + row));
        }
    }
}

}  // namespace

Dataset dataset_from_columns(const mml_column* columns, std::int64_t count) {
    check_count(count, "count", 1);
    const std::span<const mml_column> list(&given(columns, "columns"), as_size(count));
    std::vector<TypedColumn> typed;
    std::vector<std::string> names;  // in messages
    std::vector<std::unique_ptr<ListView>> values;
    for (std::size_t i = 0; i < list.size(); ++i) {
        names.push_back(concat("columns[", i, "]"));
        typed.push_back({utf8_text(list[i].name, names[i] + ": name"), type_of(list[i], names[i])});
        check_levels(list[i], names[i]);
        values.push_back(std::make_unique<ListView>(&list[i].values, names[i].c_str()));
        if (values[i]->size() != values[0]->size()) {
            fail(Status::invalid_argument, concat(names[i], " has ", values[i]->size(), " rows, columns[0] has ",
                                                  values[0]->size(), ": give columns of one length"));
        }
    }
    TypedTable table(unnamed_source, std::move(typed), 0);
    for (std::size_t i = 0; i < list.size(); ++i) add_levels(table, i, list[i], names[i]);
    const std::int64_t rows = values[0]->size();
    for (std::int64_t first = 0; first < rows; first += TypedTable::block_rows) {
        const std::int64_t block = std::min(TypedTable::block_rows, rows - first);
        table.begin_rows(block);
        for (std::size_t i = 0; i < list.size(); ++i) set_cells(table, i, *values[i], list[i], names[i], first, block);
        table.end_rows();
    }
    return table.finish(Config());
}

}  // namespace mml::capi
