// SPDX-License-Identifier: Apache-2.0
#include "data/sample_groups.hpp"

#include <algorithm>
#include <unordered_map>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/text.hpp"
#include "data/dataset.hpp"
#include "data/time_cell.hpp"

namespace mml {

namespace {

constexpr const char* missing_group = "(missing)";

std::size_t place_of(const Dataset& dataset, const std::string& name, OptionId id) {
    const auto found = std::ranges::find(dataset.column_names, name);
    if (found != dataset.column_names.end()) return as_size(found - dataset.column_names.begin());
    const bool is_target = name == dataset.target_name;
    fail(Status::bad_data,
         concat(dataset.source, ": option ", option(id).name, " names ", quote(name), is_target ? ", the target" : "",
                ", which is not among the columns of features; these are ", quoted_list(dataset.column_names)));
}

std::vector<float> cells_of(const SparseRows& table, std::size_t column) {
    const std::vector<std::int32_t> source{narrowed<std::int32_t>(column)};
    const SparseRows rows = rearranged(table, source);
    std::vector<float> cells(as_size(rows.rows()));
    for (std::size_t row = 0; row < cells.size(); ++row)
        rows.expand_row(narrowed<std::int64_t>(row), std::span(cells).subspan(row, 1));
    return cells;
}

std::string group_name(float cell, const std::vector<std::string>& levels) {
    if (cell != cell) return missing_group;
    return levels.empty() ? number_text(cell) : levels[static_cast<std::size_t>(cell)];
}

SampleGroups groups_in(const Dataset& dataset, std::size_t column) {
    const bool has_levels = column < dataset.categories.size();
    const std::vector<std::string> levels = has_levels ? dataset.categories[column] : std::vector<std::string>();
    SampleGroups groups{valid_utf8(dataset.column_names[column]), {}, {}};
    std::unordered_map<std::string, std::int32_t> numbers;
    for (const float cell : cells_of(dataset.features, column)) {
        const auto [place, is_new] =
            numbers.try_emplace(group_name(cell, levels), narrowed<std::int32_t>(groups.names.size()));
        if (is_new) groups.names.push_back(place->first);
        groups.of_row.push_back(place->second);
    }
    return groups;
}

std::vector<double> times_in(const Dataset& dataset, std::size_t column) {
    if (column < dataset.categories.size() && !dataset.categories[column].empty()) {
        fail(Status::bad_data, concat(dataset.source, ": column ", quote(dataset.column_names[column]),
                                      ", which option time_column names, holds texts: give numbers or dates"));
    }
    const std::vector<float> cells = cells_of(dataset.features, column);
    std::vector<double> times(cells.begin(), cells.end());
    if (dataset.remainders.rows() == 0) return times;
    const std::vector<float> rests = cells_of(dataset.remainders, column);
    for (std::size_t row = 0; row < times.size(); ++row) times[row] += static_cast<double>(rests[row]);
    return times;
}

// All but these columns.
void remove(Dataset& dataset, const std::vector<std::string>& names) {
    std::vector<std::int32_t> kept;
    std::vector<std::string> kept_names;
    Categories categories;
    for (std::size_t i = 0; i < dataset.column_names.size(); ++i) {
        if (std::ranges::find(names, dataset.column_names[i]) != names.end()) continue;
        kept.push_back(narrowed<std::int32_t>(i));
        kept_names.push_back(std::move(dataset.column_names[i]));
        if (!dataset.categories.empty()) categories.push_back(std::move(dataset.categories[i]));
    }
    if (kept.empty())
        fail(Status::bad_data, concat(dataset.source, ": there is no column of features apart from groups and times"));
    dataset.features = rearranged(dataset.features, kept);
    if (dataset.remainders.rows() > 0) dataset.remainders = rearranged(dataset.remainders, kept);
    dataset.column_names = std::move(kept_names);
    const bool any = std::ranges::any_of(categories, [](const auto& levels) { return !levels.empty(); });
    dataset.categories = any ? std::move(categories) : Categories();
}

}  // namespace

void take_out_columns(Dataset& dataset, const Config& config) {
    std::vector<std::string> taken;
    if (const std::string& name = config.text(OptionId::group_column); !name.empty()) {
        dataset.groups = groups_in(dataset, place_of(dataset, name, OptionId::group_column));
        taken.push_back(name);
    }
    if (const std::string& name = config.text(OptionId::time_column); !name.empty()) {
        dataset.times = times_in(dataset, place_of(dataset, name, OptionId::time_column));
        for (const char* suffix : TimeParts::suffixes) taken.push_back(name + suffix);
    }
    if (!taken.empty()) remove(dataset, taken);
}

}  // namespace mml
