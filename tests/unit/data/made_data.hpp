// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "data/dataset.hpp"

namespace mml_test {

inline const float missing = std::nanf("");

/// Rows against a background of zeros.
inline mml::SparseRows sparse(std::size_t columns, const std::vector<std::vector<float>>& rows) {
    mml::SparseRows result(std::vector<float>(columns, 0.0F));
    for (const std::vector<float>& row : rows) result.append_dense_row(row);
    return result;
}

inline std::vector<float> cells_of(const mml::SparseRows& rows, std::int64_t row) {
    std::vector<float> cells(static_cast<std::size_t>(rows.columns()));
    rows.expand_row(row, cells);
    return cells;
}

/// Whether a row has these cells; NaN equals NaN.
inline bool has_cells(const mml::SparseRows& rows, std::int64_t row, const std::vector<float>& expected) {
    const std::vector<float> found = cells_of(rows, row);
    if (found.size() != expected.size()) return false;
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (!mml::same_cell(found[i], expected[i])) return false;
    }
    return true;
}

/// Named columns a, b, c ... and classes 0 ... classes - 1.
inline mml::Dataset labelled(const std::vector<std::vector<float>>& rows, std::vector<std::int32_t> labels,
                             int classes = 2) {
    mml::Dataset dataset;
    dataset.source = "the data set";
    const std::size_t columns = rows.empty() ? 1 : rows.front().size();
    dataset.features = sparse(columns, rows);
    for (std::size_t i = 0; i < columns; ++i) dataset.column_names.emplace_back(1, static_cast<char>('a' + i));
    dataset.named = true;
    dataset.target = mml::Target{};
    for (int i = 0; i < classes; ++i) dataset.target->class_names.push_back(std::to_string(i));
    dataset.target->class_indices = std::move(labels);
    return dataset;
}

inline mml::Dataset with_values(const std::vector<std::vector<float>>& rows, std::vector<double> values) {
    mml::Dataset dataset = labelled(rows, {}, 0);
    dataset.target->task = mml::Task::regression;
    dataset.target->values = std::move(values);
    return dataset;
}

}  // namespace mml_test
