// SPDX-License-Identifier: Apache-2.0
#include "capi/tables.hpp"

#include <algorithm>
#include <span>
#include <vector>

#include "base/index.hpp"
#include "capi/arrays.hpp"
#include "capi/guard.hpp"
#include "capi/handles.hpp"
#include "capi/sparse_arrays.hpp"
#include "data/remainders.hpp"
#include "data/table_builder.hpp"

namespace mml::capi {

namespace {

Dataset unlabelled(SparseRows features, SparseRows remainders = SparseRows()) {
    Dataset dataset;
    dataset.source = unnamed_source;
    dataset.column_names = default_column_names(features.columns());
    dataset.features = std::move(features);
    dataset.remainders = std::move(remainders);
    return dataset;
}

SparseRows sparse_rows(std::int64_t columns, const SparseArraysView& arrays) {
    SparseRows features(std::vector<float>(as_size(columns)));
    features.reserve(arrays.rows());
    for (std::int64_t row = 0; row < arrays.rows(); ++row) {
        arrays.for_each_cell(row, [&](std::int32_t column, float cell) { features.add_cell(as_size(column), cell); });
        features.end_row();
    }
    return features;
}

void add_remainders(const ArrayView& array, std::int64_t row, Remainders& remainders) {
    for (std::int64_t column = 0; column < array.columns(); ++column)
        remainders.add(row, as_size(column), array.at(row, column));
}
mml_array vector_of(const void* data, std::int64_t size, mml_data_type type) { return {data, size, 1, 1, 1, type, 0}; }

Json classes_json(const Target& target) {
    std::vector<std::int64_t> counts(target.class_names.size());
    for (const std::int32_t index : target.class_indices) ++item(counts, index);
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
    std::vector<float> cells(as_size(array.columns()));
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
    const std::int64_t cells = std::max<std::int64_t>(0, row_starts[rows]);
    if (cells > 0) {
        given(column_indices, "column_indices");
        given(values, "values");
    }
    const mml_array starts = vector_of(row_starts, rows + 1, MML_INT64);
    const mml_array indices = vector_of(column_indices, cells, MML_INT32);
    const mml_array numbers = vector_of(values, cells, MML_FLOAT32);
    return dataset_from_sparse_rows(columns, &starts, &indices, &numbers);
}

Dataset dataset_from_sparse_rows(std::int64_t columns, const mml_array* row_starts, const mml_array* column_indices,
                                 const mml_array* values) {
    return unlabelled(sparse_rows(columns, SparseArraysView(columns, row_starts, column_indices, values)));
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
        json["task"] = task_name(target->task);
        json["classes"] = classes_json(*target);
    }
    json["inputs"] = inputs_json(dataset);
    json["metadata"] = Json::object();
    for (const auto& [name, value] : dataset.metadata) json["metadata"][name] = value;
    json["warnings"] = dataset.notes;
    return json.dump();
}

}  // namespace mml::capi
