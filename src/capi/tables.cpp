// SPDX-License-Identifier: Apache-2.0
#include "capi/tables.hpp"

#include <algorithm>
#include <span>
#include <vector>

#include "capi/arrays.hpp"
#include "capi/guard.hpp"
#include "capi/handles.hpp"
#include "data/remainders.hpp"
#include "data/table_builder.hpp"

namespace mml::capi {

namespace {

constexpr const char* unnamed_source = "the data set";

Dataset unlabelled(SparseRows features, SparseRows remainders = SparseRows()) {
    Dataset dataset;
    dataset.source = unnamed_source;
    dataset.column_names = default_column_names(features.columns());
    dataset.features = std::move(features);
    dataset.remainders = std::move(remainders);
    return dataset;
}

template <typename Start>
void check_row_starts(const Start& start, std::int64_t rows) {
    if (start(0) != 0) {
        fail(Status::invalid_argument, concat("row_starts begins with ", start(0), ": the first row starts at 0"));
    }
    for (std::int64_t row = 0; row < rows; ++row) {
        if (start(row + 1) < start(row)) {
            fail(Status::invalid_argument, concat("row_starts falls from ", start(row), " to ", start(row + 1),
                                                  " after row ", row, ": the starts of rows never fall"));
        }
    }
}

void check_column(std::int64_t row, std::int64_t column, std::int64_t previous, std::int64_t columns) {
    if (column < 0 || column >= columns) {
        fail(Status::invalid_argument,
             concat("column_indices: row ", row, " has column ", column, ": give numbers from 0 to ", columns - 1));
    }
    if (column <= previous) {
        fail(Status::invalid_argument, concat("column_indices: row ", row, " has column ", column, " after ", previous,
                                              ": sort each row's cells by column and give each column once"));
    }
}

// The rows behind checked starts; column_of and value_of read the cell of an index.
template <typename Start, typename Column, typename Value>
SparseRows sparse_rows(std::int64_t rows, std::int64_t columns, const Start& start, const Column& column_of,
                       const Value& value_of) {
    SparseRows features(std::vector<float>(static_cast<std::size_t>(columns)));
    features.reserve(rows);
    for (std::int64_t row = 0; row < rows; ++row) {
        std::int64_t previous = -1;
        for (std::int64_t k = start(row); k < start(row + 1); ++k) {
            const std::int64_t column = column_of(k);
            check_column(row, column, previous, columns);
            features.add_cell(static_cast<std::int32_t>(column), feature(value_of(k), "values", row, column));
            previous = column;
        }
        features.end_row();
    }
    return features;
}

void add_remainders(const ArrayView& array, std::int64_t row, Remainders& remainders) {
    for (std::int64_t column = 0; column < array.columns(); ++column)
        remainders.add(row, static_cast<std::size_t>(column), array.at(row, column));
}

Json classes_json(const Target& target) {
    std::vector<std::int64_t> counts(target.class_names.size());
    for (const std::int32_t index : target.class_indices) ++counts[static_cast<std::size_t>(index)];
    auto list = Json::array();
    for (std::size_t i = 0; i < counts.size(); ++i) {
        list.push_back({{"name", target.class_names[i]}, {"rows", counts[i]}});
    }
    return list;
}

}  // namespace

Dataset dataset_from_array(const mml_array* values, MemoryLimit limit) {
    const ArrayView array(values, "values");
    check_count(array.columns(), "values: columns", 1);
    TableBuilder features(array.columns());
    Remainders remainders(array.columns());
    std::vector<float> cells(static_cast<std::size_t>(array.columns()));
    for (std::int64_t row = 0; row < array.rows(); ++row) {
        array.read_row(row, cells);
        features.add_row(cells);
        if (array.is_rounded()) add_remainders(array, row, remainders);
        limit.require(features.bytes() + remainders.bytes(), "this table", "or give fewer rows at a time");
    }
    return unlabelled(features.finish(), remainders.finish(array.rows()));
}

Dataset dataset_from_sparse_rows(std::int64_t rows, std::int64_t columns, const std::int64_t* row_starts,
                                 const std::int32_t* column_indices, const float* values) {
    check_count(rows, "rows");
    check_count(columns, "columns", 1);
    given(row_starts, "row_starts");
    const auto start = [&](std::int64_t row) { return row_starts[row]; };
    check_row_starts(start, rows);
    if (start(rows) > 0) {
        given(column_indices, "column_indices");
        given(values, "values");
    }
    return unlabelled(sparse_rows(
        rows, columns, start, [&](std::int64_t k) { return column_indices[k]; },
        [&](std::int64_t k) { return static_cast<double>(values[k]); }));
}

Dataset dataset_from_sparse_rows(std::int64_t columns, const mml_array* row_starts, const mml_array* column_indices,
                                 const mml_array* values) {
    check_count(columns, "columns", 1);
    const ListView starts(row_starts, "row_starts");
    const ListView indices(column_indices, "column_indices");
    const ListView cells(values, "values");
    check_count(starts.size(), "row_starts: its size", 1);
    const std::int64_t rows = starts.size() - 1;
    const auto start = [&](std::int64_t row) { return starts.whole_at(row); };
    check_row_starts(start, rows);
    if (indices.size() != start(rows) || cells.size() != start(rows)) {
        fail(Status::invalid_argument, concat("row_starts ends with ", start(rows), ", but there are ", indices.size(),
                                              " column_indices and ", cells.size(), " values: give one of each for a cell"));
    }
    return unlabelled(sparse_rows(
        rows, columns, start, [&](std::int64_t k) { return indices.whole_at(k); },
        [&](std::int64_t k) { return cells.at(k); }));
}

namespace {

// A date's parts are numbers by now.
Json inputs_json(const Dataset& dataset) {
    Json inputs = Json::array();
    for (std::size_t i = 0; i < dataset.column_names.size(); ++i) {
        const bool is_category = has_levels(dataset.categories, i);
        Json input{{"name", dataset.column_names[i]}, {"type", is_category ? "category" : "number"}};
        if (is_category) input["levels"] = dataset.categories[i].size();
        inputs.push_back(std::move(input));
    }
    return inputs;
}

}  // namespace

std::string dataset_json(const Dataset& dataset, const Target* target) {
    Json json;
    json["schema"] = 1;
    json["source"] = dataset.source;
    json["rows"] = dataset.rows();
    json["columns"] = dataset.columns();
    json["task"] = nullptr;
    json["classes"] = Json::array();
    if (target != nullptr) {
        json["task"] = target->task == Task::classification ? "classification" : "regression";
        json["classes"] = classes_json(*target);
    }
    json["inputs"] = inputs_json(dataset);
    json["metadata"] = Json::object();
    for (const auto& [name, value] : dataset.metadata) json["metadata"][name] = value;
    json["warnings"] = dataset.notes;
    return json.dump();
}

}  // namespace mml::capi
