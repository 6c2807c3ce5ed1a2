// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <string_view>

#include "base/index.hpp"
#include "capi/arrays.hpp"
#include "capi/guard.hpp"
#include "capi/handles.hpp"
#include "capi/tables.hpp"
#include "data/arrow_table.hpp"
#include "data/csv_file.hpp"

using namespace mml;
using namespace mml::capi;

namespace {

const Target* target_of(const Dataset& dataset) { return dataset.target ? &*dataset.target : nullptr; }

void hand_over_dataset(mml_dataset** out, Dataset dataset) {
    std::string json = dataset_json(dataset, target_of(dataset));
    hand_over(out, std::make_unique<mml_dataset>(mml_dataset{std::move(dataset), std::move(json)}));
}

void replace_target(mml_dataset& dataset, Target target) {
    std::string json = dataset_json(dataset.data, &target);
    dataset.data.target = std::move(target);
    dataset.json = std::move(json);
}

std::vector<std::string> texts(const char* const* list, std::int64_t count, const char* name) {
    if (count > 0) given(list, name);
    std::vector<std::string> result;
    result.reserve(as_size(count));
    for (std::int64_t i = 0; i < count; ++i) {
        const std::string_view text = given_text(list[i], concat(name, "[", i, "]").c_str());
        if (valid_utf8(text) != text) {
            fail(Status::invalid_argument, concat(name, "[", i, "] is ", mml::quote(text), ": give UTF-8"));
        }
        result.emplace_back(text);
    }
    return result;
}

std::vector<std::string> different_texts(const char* const* list, std::int64_t count, const char* name) {
    std::vector<std::string> result = texts(list, count, name);
    std::set<std::string_view> met;
    for (const std::string& text : result) {
        if (!met.insert(text).second) {
            fail(Status::invalid_argument,
                 concat(name, ": ", mml::quote(text), " occurs twice: give each a name of its own"));
        }
    }
    return result;
}

void check_length(std::int64_t count, std::int64_t expected, const char* what) {
    if (count != expected) {
        fail(Status::invalid_argument, concat("count is ", count, ": the data set has ", expected, " ", what));
    }
}

void check_rows(std::span<const std::int64_t> rows, std::int64_t limit) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i] < 0 || rows[i] >= limit) {
            fail(Status::invalid_argument, concat("rows[", i, "] is ", rows[i], ": the data set has ", limit, " rows"));
        }
    }
}

}  // namespace

mml_status mml_dataset_from_csv(mml_dataset** out, const char* path, const mml_config* config) {
    return guarded([&] {
        given(out, "out");
        hand_over_dataset(out, read_csv_file(given_text(path, "path"), config_or_defaults(config)));
    });
}

mml_status mml_dataset_from_csv_for(mml_dataset** out, const char* path, const mml_model* model, const mml_config* config) {
    return guarded([&] {
        given(out, "out");
        const char* const text = given_text(path, "path");
        const WantedColumns wanted = given(model, "model").model->wanted_columns();
        hand_over_dataset(out, read_csv_file(text, config_or_defaults(config), nullptr, &wanted));
    });
}

mml_status mml_dataset_from_csv_text(mml_dataset** out, const char* text, size_t size, const mml_config* config) {
    return guarded([&] {
        given(out, "out");
        hand_over_dataset(out, read_csv_text({given_text(text, "text"), size}, config_or_defaults(config)));
    });
}

mml_status mml_dataset_from_array(mml_dataset** out, const mml_array* values) {
    return guarded([&] {
        given(out, "out");
        hand_over_dataset(out, dataset_from_array(values));
    });
}

mml_status mml_dataset_from_columns(mml_dataset** out, const mml_column* columns, int64_t count) {
    return guarded([&] {
        given(out, "out");
        hand_over_dataset(out, dataset_from_columns(columns, count));
    });
}

mml_status mml_dataset_from_arrow(mml_dataset** out, ArrowArrayStream* stream, const mml_config* config) {
    return guarded([&] {
        given(out, "out");
        hand_over_dataset(out, read_arrow_stream(given(stream, "stream"), config_or_defaults(config)));
    });
}

mml_status mml_dataset_from_csr(mml_dataset** out, int64_t rows, int64_t columns, const int64_t* row_starts,
                                const int32_t* column_indices, const float* values) {
    return guarded([&] {
        given(out, "out");
        hand_over_dataset(out, dataset_from_sparse_rows(rows, columns, row_starts, column_indices, values));
    });
}

mml_status mml_dataset_from_csr_arrays(mml_dataset** out, int64_t columns, const mml_array* row_starts,
                                       const mml_array* column_indices, const mml_array* values) {
    return guarded([&] {
        given(out, "out");
        hand_over_dataset(out, dataset_from_sparse_rows(columns, row_starts, column_indices, values));
    });
}

mml_status mml_dataset_set_classes(mml_dataset* dataset, const mml_array* indices, const char* const* names, int32_t count) {
    return guarded([&] {
        const std::int64_t rows = given(dataset, "dataset").data.rows();
        const VectorView view(indices, "indices", rows);
        check_count(count, "count", 1);
        Target target;
        target.class_names = different_texts(names, count, "names");
        target.class_indices.reserve(as_size(rows));
        for (std::int64_t row = 0; row < rows; ++row) target.class_indices.push_back(view.index_at(row, count));
        replace_target(*dataset, std::move(target));
    });
}

mml_status mml_dataset_set_target(mml_dataset* dataset, const mml_array* values) {
    return guarded([&] {
        const std::int64_t rows = given(dataset, "dataset").data.rows();
        const VectorView view(values, "values", rows);
        Target target;
        target.task = Task::regression;
        target.values.reserve(as_size(rows));
        for (std::int64_t row = 0; row < rows; ++row) target.values.push_back(view.finite_at(row));
        replace_target(*dataset, std::move(target));
    });
}

mml_status mml_dataset_set_weights(mml_dataset* dataset, const mml_array* weights) {
    return guarded([&] {
        const std::int64_t rows = given(dataset, "dataset").data.rows();
        const VectorView view(weights, "weights", rows);
        std::vector<double> values;
        values.reserve(as_size(rows));
        for (std::int64_t row = 0; row < rows; ++row) values.push_back(view.weight_at(row));
        dataset->data.set_weights(values);
    });
}

mml_status mml_dataset_set_groups(mml_dataset* dataset, const mml_array* indices, const char* const* names, int32_t count) {
    return guarded([&] {
        const std::int64_t rows = given(dataset, "dataset").data.rows();
        const VectorView view(indices, "indices", rows);
        check_count(count, "count", 1);
        SampleGroups groups{"", different_texts(names, count, "names"), {}};
        groups.of_row.reserve(as_size(rows));
        for (std::int64_t row = 0; row < rows; ++row) groups.of_row.push_back(view.index_at(row, count));
        dataset->data.groups = std::move(groups);
    });
}

mml_status mml_dataset_set_times(mml_dataset* dataset, const mml_array* times) {
    return guarded([&] {
        const std::int64_t rows = given(dataset, "dataset").data.rows();
        const VectorView view(times, "times", rows);
        std::vector<double> values;
        values.reserve(as_size(rows));
        for (std::int64_t row = 0; row < rows; ++row) values.push_back(view.finite_at(row));
        dataset->data.times = std::move(values);
    });
}

mml_status mml_dataset_set_column_names(mml_dataset* dataset, const char* const* names, int64_t count) {
    return guarded([&] {
        Dataset& data = given(dataset, "dataset").data;
        given(names, "names");
        check_length(count, data.columns(), "columns");
        data.column_names = different_texts(names, count, "names");
        data.named = true;
    });
}

mml_status mml_dataset_set_row_ids(mml_dataset* dataset, const char* const* ids, int64_t count) {
    return guarded([&] {
        Dataset& data = given(dataset, "dataset").data;
        check_length(count, data.rows(), "rows");
        data.row_ids = texts(ids, count, "ids");
    });
}

mml_status mml_dataset_select(mml_dataset** out, const mml_dataset* dataset, const int64_t* rows, int64_t count) {
    return guarded([&] {
        given(out, "out");
        const Dataset& data = given(dataset, "dataset").data;
        check_count(count, "count");
        if (count > 0) given(rows, "rows");
        const std::span<const std::int64_t> list(rows, as_size(count));
        check_rows(list, data.rows());
        hand_over_dataset(out, selected(data, list));
    });
}

int64_t mml_dataset_rows(const mml_dataset* dataset) { return dataset == nullptr ? 0 : dataset->data.rows(); }

int64_t mml_dataset_columns(const mml_dataset* dataset) { return dataset == nullptr ? 0 : dataset->data.columns(); }

mml_task mml_dataset_task(const mml_dataset* dataset) {
    return dataset == nullptr || !dataset->data.target ? 0 : static_cast<mml_task>(dataset->data.target->task);
}

int32_t mml_dataset_class_count(const mml_dataset* dataset) {
    return dataset == nullptr || !dataset->data.target ? 0 : narrowed<int32_t>(dataset->data.target->class_names.size());
}

const char* mml_dataset_column_name(const mml_dataset* dataset, int64_t index) {
    return dataset == nullptr ? nullptr : name_at(dataset->data.column_names, index);
}

const char* mml_dataset_level_name(const mml_dataset* dataset, int64_t column, int64_t level) {
    if (dataset == nullptr || column < 0) return nullptr;
    const Categories& categories = dataset->data.categories;
    const auto place = as_size(column);
    return place < categories.size() ? name_at(categories[place], level) : nullptr;
}

const char* mml_dataset_class_name(const mml_dataset* dataset, int32_t index) {
    return dataset == nullptr || !dataset->data.target ? nullptr : name_at(dataset->data.target->class_names, index);
}

const char* mml_dataset_row_id(const mml_dataset* dataset, int64_t index) {
    return dataset == nullptr ? nullptr : name_at(dataset->data.row_ids, index);
}

const char* mml_dataset_json(const mml_dataset* dataset) { return dataset == nullptr ? nullptr : dataset->json.c_str(); }

mml_status mml_dataset_values(const mml_dataset* dataset, float* out, size_t capacity) {
    return guarded([&] {
        const SparseRows& features = given(dataset, "dataset").data.features;
        const auto columns = as_size(features.columns());
        check_capacity(out, "out", as_size(features.rows()) * columns, capacity);
        for (std::int64_t row = 0; row < features.rows(); ++row) {
            features.expand_row(row, {out + as_size(row) * columns, columns});
        }
    });
}

mml_status mml_dataset_target(const mml_dataset* dataset, double* out, size_t capacity) {
    return guarded([&] {
        const Dataset& data = given(dataset, "dataset").data;
        const Target* target = target_of(data);
        if (target == nullptr) fail(Status::not_found, concat(data.source, " has no target"));
        check_capacity(out, "out", as_size(data.rows()), capacity);
        std::ranges::copy(target->class_indices, out);
        std::ranges::copy(target->values, out);
    });
}

void mml_dataset_free(mml_dataset* dataset) { delete dataset; }
