// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/index.hpp"
#include "capi/arrays.hpp"
#include "capi/guard.hpp"
#include "capi/handles.hpp"
#include "capi/sparse_arrays.hpp"
#include "capi/tables.hpp"
#include "config/memory_limit.hpp"

using namespace mml;
using namespace mml::capi;

namespace {

std::vector<std::string> texts(const char* const* names, std::int64_t count) {
    check_count(count, "count");
    if (count > 0) given(names, "columns");
    std::vector<std::string> result;
    for (std::int64_t i = 0; i < count; ++i) result.emplace_back(given_text(names[i], "a name in columns"));
    return result;
}

void check_columns(const Predictor& predictor, std::int64_t columns) {
    if (!predictor.takes(columns)) {
        fail(Status::mismatch, concat("values has ", columns, " columns, the predictor takes ", predictor.columns(),
                                      ": give a row's cells in the order it was made for"));
    }
}

// A row of the caller's as a dense one: cells that are not there are 0.
void spread_row(const SparseArraysView& arrays, std::int64_t row, std::span<const std::int32_t> columns, float* cells) {
    std::fill_n(cells, columns.size(), 0.0F);
    arrays.for_each_cell(row, [&](std::int32_t column, float cell) {
        const auto place = as_size(column);
        if (place < columns.size() && columns[place] == column) {
            cells[place] = cell;
            return;
        }
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (columns[i] == column) cells[i] = cell;
        }
    });
}

// The general way, for models that need doubles.
template <typename Number>
void predict_table(const Predictor& predictor, Dataset table, std::span<Number> scores) {
    if (!predictor.column_names().empty()) {
        table.column_names = predictor.column_names();
        table.named = true;
    }
    std::vector<Number> made(scores.size());
    predictor.model().predict(table, 1, std::span<Number>(made));
    std::ranges::copy(made, scores.begin());
}

auto reader_of(const ArrayView& array) {
    return [&](std::int64_t first, std::size_t rows, std::span<const std::int32_t> columns, float* cells) {
        return read_features(array, first, rows, columns, cells);
    };
}

template <typename Number>
void predict_rows(const Predictor& predictor, const mml_array* values, std::span<Number> scores) {
    if (predictor.needs_table()) return predict_table(predictor, dataset_from_array(values), scores);
    const ArrayView array(values, "values");
    const auto read = reader_of(array);
    predictor.predict(array.rows(), std::ref(read), scores);
}

template <typename Number>
mml_status predict(const mml_predictor* handle, const mml_array* values, Number* scores, size_t capacity) {
    return guarded([&] {
        const Predictor& predictor = given(handle, "predictor").predictor;
        const ArrayView array(values, "values");
        check_columns(predictor, array.columns());
        const auto count = as_size(array.rows() * predictor.model().outputs());
        check_capacity(scores, "scores", count, capacity);
        predict_rows(predictor, values, std::span<Number>(scores, count));
    });
}

}  // namespace

mml_status mml_predictor_create(mml_predictor** out, const mml_model* model, const char* const* columns, int64_t count,
                                const mml_config* config) {
    return guarded([&] {
        given(out, "out");
        const MemoryLimit limit(config_or_defaults(config));
        hand_over(out, std::make_unique<mml_predictor>(given(model, "model").model, texts(columns, count), limit));
    });
}

mml_status mml_predictor_predict(const mml_predictor* predictor, const mml_array* values, float* scores, size_t capacity) {
    return predict(predictor, values, scores, capacity);
}

mml_status mml_predictor_predict_double(const mml_predictor* predictor, const mml_array* values, double* scores,
                                        size_t capacity) {
    return predict(predictor, values, scores, capacity);
}

mml_status mml_predictor_predict_csr(const mml_predictor* predictor, const mml_array* row_starts,
                                     const mml_array* column_indices, const mml_array* values, float* scores,
                                     size_t capacity) {
    return guarded([&] {
        const Predictor& scorer = given(predictor, "predictor").predictor;
        const SparseArraysView arrays(scorer.columns(), row_starts, column_indices, values);
        const auto count = as_size(arrays.rows() * scorer.model().outputs());
        check_capacity(scores, "scores", count, capacity);
        if (scorer.needs_table()) {
            Dataset table = dataset_from_sparse_rows(scorer.columns(), row_starts, column_indices, values);
            return predict_table(scorer, std::move(table), std::span<float>(scores, count));
        }
        const auto read = [&](std::int64_t first, std::size_t rows, std::span<const std::int32_t> columns, float* cells) {
            for (std::size_t i = 0; i < rows; ++i)
                spread_row(arrays, first + narrowed<std::int64_t>(i), columns, cells + i * columns.size());
            return cells;
        };
        scorer.predict(arrays.rows(), std::ref(read), std::span<float>(scores, count));
    });
}

mml_status mml_predictor_decide(const mml_predictor* predictor, const mml_array* values, int32_t* classes, float* strengths,
                                size_t capacity) {
    return guarded([&] {
        const Predictor& decider = given(predictor, "predictor").predictor;
        check_classifier(decider.model());
        const ArrayView array(values, "values");
        check_columns(decider, array.columns());
        const auto count = as_size(array.rows());
        check_capacity(classes, "classes", count, capacity);
        if (decider.needs_table()) {
            std::vector<float> scores(count * static_cast<std::size_t>(decider.model().outputs()));
            predict_rows(decider, values, std::span<float>(scores));
            decider.decide(scores, {classes, count}, {strengths, strengths == nullptr ? 0 : count});
            return;
        }
        const auto read = reader_of(array);
        decider.decide(array.rows(), std::ref(read), {classes, count}, {strengths, strengths == nullptr ? 0 : count});
    });
}

void mml_predictor_free(mml_predictor* predictor) { delete predictor; }
