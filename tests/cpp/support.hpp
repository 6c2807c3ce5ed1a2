// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <doctest/doctest.h>
#include <string>
#include <vector>

#include "moodleml/moodleml.hpp"

/// The status that a call throws; MML_OK where it throws nothing.
template <typename Call>
mml_status status_of(Call call) {
    try {
        call();
        return MML_OK;
    } catch (const moodleml::Error& error) {
        return error.status();
    }
}

/// Learners that take no time.
inline moodleml::Config quick() { return {{"networks", "0"}, {"trees", "2"}, {"folds", "2"}, {"iterations", "2"}}; }

/// rows x 2 cells; the first one rises through -1 to 1 several times.
inline std::vector<float> small_cells(int rows) {
    std::vector<float> cells;
    for (int row = 0; row < rows; ++row) {
        cells.push_back(static_cast<float>(row % 20) / 10.0F - 0.95F);
        cells.push_back(static_cast<float>(row % 7));
    }
    return cells;
}

/// Samples whose first cell tells their class.
inline moodleml::Dataset small_classes(int rows = 100) {
    const std::vector<float> cells = small_cells(rows);
    std::vector<std::int32_t> classes;
    for (int row = 0; row < rows; ++row) classes.push_back(row % 20 < 10 ? 0 : 1);
    moodleml::Dataset dataset = moodleml::Dataset::from_array(moodleml::table(cells, 2));
    dataset.set_classes(moodleml::column(classes), {"low", "high"});
    return dataset;
}

inline moodleml::Dataset small_values(int rows = 100) {
    const std::vector<float> cells = small_cells(rows);
    std::vector<double> values;
    for (int row = 0; row < rows; ++row) values.push_back(3 * static_cast<double>(cells[static_cast<std::size_t>(2 * row)]));
    moodleml::Dataset dataset = moodleml::Dataset::from_array(moodleml::table(cells, 2));
    dataset.set_target(moodleml::column(values));
    return dataset;
}
