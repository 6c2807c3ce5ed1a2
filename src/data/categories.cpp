// SPDX-License-Identifier: Apache-2.0
#include "data/categories.hpp"

#include <algorithm>

#include "base/index.hpp"

namespace mml {

// A change may make cells equal to the new background, or others differ from it.
SparseRows changed(const SparseRows& rows, const std::vector<CellChange>& changes) {
    const auto new_cell = [&](std::size_t column, float cell) { return changes[column] ? changes[column](cell) : cell; };
    std::vector<float> background = rows.background();
    for (std::size_t column = 0; column < background.size(); ++column)
        background[column] = new_cell(column, background[column]);
    SparseRows result(std::move(background));
    result.reserve(rows.rows());
    RowSpace space;
    for (std::int64_t index = 0; index < rows.rows(); ++index) {
        const SparseRow row = rows.row(index, space);
        for (std::size_t i = 0; i < row.columns.size(); ++i)
            result.add_cell(row.columns[i], new_cell(as_size(row.columns[i]), row.values[i]));
        result.end_row();
    }
    return result;
}

Categories rearranged(const Categories& categories, std::span<const std::int32_t> source) {
    if (categories.empty()) return {};
    Categories result;
    result.reserve(source.size());
    for (const std::int32_t column : source)
        result.push_back(column < 0 ? std::vector<std::string>() : item(categories, column));
    const bool any = std::ranges::any_of(result, [](const auto& levels) { return !levels.empty(); });
    return any ? result : Categories();
}

}  // namespace mml
