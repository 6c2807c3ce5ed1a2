// SPDX-License-Identifier: Apache-2.0
#include "evaluation/level_effects.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/index.hpp"
#include "base/text.hpp"
#include "evaluation/effects.hpp"
#include "evaluation/importance.hpp"

namespace mml {

namespace {

// Rows times levels of one model, as many predictions as a column of numbers takes.
constexpr std::size_t most_level_answers = 600;

struct Level {
    std::size_t code = 0;
    std::int64_t rows = 0;
    double sum = 0;  // of the answers of all rows
};

// By falling number of test rows.
std::vector<Level> levels_of(const std::vector<HeldOut>& held_out, std::size_t column) {
    std::vector<Level> levels(held_out.front().rows.categories[column].size());
    for (std::size_t code = 0; code < levels.size(); ++code) levels[code].code = code;
    for (const float cell : held_out_cells(held_out, column)) {
        if (cell >= 0 && cell < static_cast<float>(levels.size())) ++levels[static_cast<std::size_t>(cell)].rows;
    }
    std::ranges::stable_sort(levels, std::greater<>(), &Level::rows);
    std::erase_if(levels, [](const Level& level) { return level.rows < fewest_rows_of_level; });
    levels.resize(std::min(levels.size(), most_drawn_levels));
    return levels;
}

// How many answers each level has got.
std::int64_t add_answers(const HeldOut& held_out, std::size_t column, std::int32_t shown_class, std::vector<Level>& levels) {
    const std::size_t rows_of_level = most_level_answers / levels.size();
    Dataset rows = selected(held_out.rows, evenly_chosen(held_out.rows, rows_of_level));
    rows.row_ids.clear();
    const SparseRows features = rows.features;
    std::vector<float> cells(features.background().size());
    for (Level& level : levels) {
        SparseRows made(features.background());
        for (std::int64_t row = 0; row < features.rows(); ++row) {
            features.expand_row(row, cells);
            cells[column] = static_cast<float>(level.code);
            made.append_dense_row(cells);
        }
        rows.features = std::move(made);
        const std::vector<double> found = shown_answers(*held_out.model, rows, shown_class);
        level.sum = std::accumulate(found.begin(), found.end(), level.sum);
    }
    return features.rows();
}

Json levels_json(const std::vector<Level>& levels, const std::vector<std::string>& names, double answers) {
    double rows = 0;
    double mean = 0;
    for (const Level& level : levels) {
        rows += static_cast<double>(level.rows);
        mean += static_cast<double>(level.rows) * level.sum / answers;
    }
    Json list = Json::array();
    for (const Level& level : levels)
        list.push_back({{"name", valid_utf8(names[level.code])},
                        {"share", rounded_for_drawing(static_cast<double>(level.rows) / rows)},
                        {"effect", rounded_for_drawing(level.sum / answers - mean / rows)}});
    return list;
}

}  // namespace

Json level_effects_json(const std::vector<HeldOut>& held_out, const std::vector<std::size_t>& columns,
                        std::int32_t shown_class, Progress progress) {
    if (columns.empty()) progress.advance(1);
    std::vector<Json> drawn(columns.size());
    const Dataset& first = held_out.front().rows;
    progress.supervisor().run(narrowed<int>(columns.size()), [&](int number) {
        progress.supervisor().check();
        const std::size_t column = item(columns, number);
        std::vector<Level> levels = levels_of(held_out, column);
        progress.advance(1 / static_cast<double>(columns.size()));
        if (levels.size() < 2) return;
        std::int64_t answers = 0;
        for (const HeldOut& each : held_out) answers += add_answers(each, column, shown_class, levels);
        item(drawn, number) = {{"name", valid_utf8(first.column_names[column])},
                               {"levels", levels_json(levels, first.categories[column], static_cast<double>(answers))}};
    });
    Json list = Json::array();
    for (Json& each : drawn) {
        if (each.is_object()) list.push_back(std::move(each));
    }
    return list;
}

}  // namespace mml
