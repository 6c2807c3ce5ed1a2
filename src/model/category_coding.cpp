// SPDX-License-Identifier: Apache-2.0
#include "model/category_coding.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <unordered_map>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/text.hpp"

namespace mml {

namespace {

constexpr std::int64_t fewest_samples = 4;

// The level of a category that keeps none. Without a level, a model's column is one of numbers and refuses texts.
constexpr const char* no_text = "";

// What a text writes as a number; truth values are 1 and 0, as tables of other programs have them.
bool parse_level(const std::string& text, double* value) {
    if (text == "true" || text == "True" || text == "TRUE") {
        *value = 1;
        return true;
    }
    if (text == "false" || text == "False" || text == "FALSE") {
        *value = 0;
        return true;
    }
    return parse_number(text, value);
}

// By the code of a cell in the table; cells are whole numbers from 0 on.
CellChange change_by_code(std::vector<float> codes) {
    return [codes = std::move(codes)](float cell) {
        if (std::isnan(cell)) return cell;
        const auto place = static_cast<std::size_t>(cell);
        return place < codes.size() ? codes[place] : other_level;
    };
}

std::unordered_map<std::string, float> codes_of(const std::vector<std::string>& levels) {
    std::unordered_map<std::string, float> codes;
    for (std::size_t i = 0; i < levels.size(); ++i) codes.emplace(levels[i], level_code(i));
    return codes;
}

std::vector<float> codes_of_texts(const std::vector<std::string>& texts, const std::vector<std::string>& levels) {
    const auto codes = codes_of(levels);
    std::vector<float> result;
    for (const std::string& text : texts) {
        const auto found = codes.find(valid_utf8(text));
        result.push_back(found == codes.end() ? other_level : found->second);
    }
    return result;
}

// For a table that has numbers where the model has levels, such as codes of districts.
CellChange change_of_numbers(const std::vector<std::string>& levels) {
    std::map<float, float> codes;
    for (std::size_t i = 0; i < levels.size(); ++i) {
        double value = 0;
        if (parse_level(levels[i], &value)) codes.emplace(static_cast<float>(value), level_code(i));
    }
    return [codes = std::move(codes)](float cell) {
        if (std::isnan(cell)) return cell;
        const auto found = codes.find(cell);
        return found == codes.end() ? other_level : found->second;
    };
}

CellChange change_to_numbers(const std::vector<std::string>& texts, const std::string& name, const std::string& source) {
    std::vector<float> numbers;
    for (const std::string& text : texts) {
        double value = 0;
        if (!parse_level(text, &value) || !std::isfinite(static_cast<float>(value))) {
            fail(Status::mismatch, concat(source, ": column ", quote(name), " holds ", quote(text),
                                          ", but the model was trained on numbers there"));
        }
        numbers.push_back(static_cast<float>(value));
    }
    return change_by_code(std::move(numbers));
}

CellChange change_to_numbers_or_missing(const std::vector<std::string>& texts) {
    std::vector<float> numbers;
    for (const std::string& text : texts) {
        double value = 0;
        const bool is_number = parse_level(text, &value) && std::isfinite(static_cast<float>(value));
        numbers.push_back(is_number ? static_cast<float>(value) : std::numeric_limits<float>::quiet_NaN());
    }
    return change_by_code(std::move(numbers));
}

CellChange change_to_levels(const std::vector<std::string>& levels, const Categories& table, std::size_t column) {
    return has_levels(table, column) ? change_by_code(codes_of_texts(table[column], levels)) : change_of_numbers(levels);
}

// How many samples show each level of the categories.
std::vector<std::vector<std::int64_t>> level_counts(const Samples& samples) {
    std::vector<std::vector<std::int64_t>> counts;
    for (const auto& levels : samples.categories) counts.emplace_back(levels.size());
    std::vector<std::int64_t> of_row(as_size(samples.features.rows()));
    for (const Observation& observation : samples.observations) item(of_row, observation.row) += observation.count;
    const auto add = [&](std::size_t column, float cell, std::int64_t count) {
        if (!counts[column].empty() && !std::isnan(cell)) counts[column][static_cast<std::size_t>(cell)] += count;
    };
    const std::vector<float>& background = samples.features.background();
    const std::int64_t total = std::reduce(of_row.begin(), of_row.end());
    for (std::size_t column = 0; column < counts.size(); ++column) add(column, background[column], total);
    RowSpace space;
    for (std::int64_t index = 0; index < samples.features.rows(); ++index) {
        const SparseRow row = samples.features.row(index, space);
        const std::int64_t count = item(of_row, index);
        for (std::size_t i = 0; i < row.columns.size(); ++i) {
            const auto column = as_size(row.columns[i]);
            add(column, background[column], -count);
            add(column, row.values[i], count);
        }
    }
    return counts;
}

struct KeptLevels {
    std::vector<std::string> levels;
    std::int64_t kept = 0;  // samples
    std::int64_t all = 0;
};

KeptLevels kept_levels(const std::vector<std::string>& texts, const std::vector<std::int64_t>& counts, std::size_t most) {
    KeptLevels result;
    std::vector<std::pair<std::int64_t, std::string>> frequent;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        result.all += counts[i];
        if (counts[i] >= fewest_samples) frequent.emplace_back(-counts[i], valid_utf8(texts[i]));
    }
    std::ranges::sort(frequent);
    frequent.resize(std::min(frequent.size(), most));
    for (auto& [negative_count, text] : frequent) {
        result.kept -= negative_count;
        result.levels.push_back(std::move(text));
    }
    return result;
}

std::string unused_warning(const std::string& name, std::size_t texts, const KeptLevels& kept) {
    if (kept.all == 0) return concat("The column ", quote(name), " is not used: all its cells are missing.");
    return concat("The column ", quote(name), " is not used: it has ", texts, " different texts, and too few of them occur ",
                  fewest_samples, " times. If they are ids, option id or ignore names the column.");
}

}  // namespace

Samples with_model_levels(const Samples& samples, const Config& config, const std::vector<std::string>& needed,
                          std::vector<std::string>& warnings) {
    auto counts = level_counts(samples);
    for (auto& of_column : counts) config.ranks().sum(std::span(of_column));
    const auto most = config.integer<std::size_t>(OptionId::max_categories);
    std::vector<std::int32_t> used;
    Categories levels(samples.categories.size());
    for (std::size_t column = 0; column < samples.categories.size(); ++column) {
        const std::string& name = samples.column_names[column];
        KeptLevels kept = kept_levels(samples.categories[column], counts[column], most);
        const bool is_category = has_levels(samples.categories, column);
        const bool is_feature = !is_category || (kept.all > 0 && 2 * kept.kept >= kept.all);
        if (!is_feature) warnings.push_back(unused_warning(name, samples.categories[column].size(), kept));
        if (is_category && kept.levels.empty()) kept.levels.emplace_back(no_text);
        levels[column] = std::move(kept.levels);
        if (is_feature || std::ranges::find(needed, name) != needed.end()) used.push_back(narrowed<std::int32_t>(column));
    }
    if (used.empty()) fail(Status::bad_data, "no column is left to train on: all hold texts that hardly ever repeat");
    Samples coded = samples;
    coded.column_names.clear();
    for (const std::int32_t column : used) coded.column_names.push_back(item(samples.column_names, column));
    const Categories table = rearranged(samples.categories, used);
    coded.categories = rearranged(levels, used);
    coded.features = rearranged(samples.features, used);
    coded.origins.clear();
    for (const std::int32_t column : used) {
        if (!samples.origins.empty()) coded.origins.push_back(samples.origins[static_cast<std::size_t>(column)]);
    }
    if (!table.empty()) {
        Categories known = coded.categories;
        known.resize(used.size());
        std::vector<CellChange> changes(used.size());
        for (std::size_t i = 0; i < used.size(); ++i) {
            if (has_levels(table, i)) changes[i] = change_by_code(codes_of_texts(table[i], known[i]));
        }
        coded.features = changed(coded.features, changes);
    }
    return coded;
}

SparseRows with_table_codes(const Samples& coded) {
    if (coded.categories.empty()) return coded.features;
    std::vector<CellChange> changes(as_size(coded.features.columns()));
    for (std::size_t i = 0; i < changes.size(); ++i) {
        if (!has_levels(coded.categories, i)) continue;
        const auto beyond = static_cast<float>(coded.categories[i].size());
        changes[i] = [beyond](float cell) { return cell <= other_level ? beyond : cell - level_code(0); };
    }
    return changed(coded.features, changes);
}

std::vector<CellChange> level_changes(const Categories& model, const Categories& table,
                                      const std::vector<std::string>& names, const std::string& source) {
    std::vector<CellChange> changes(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (has_levels(model, i)) {
            changes[i] = change_to_levels(model[i], table, i);
        } else if (has_levels(table, i)) {
            changes[i] = change_to_numbers(table[i], names[i], source);
        }
    }
    return changes;
}

std::vector<CellChange> level_changes_of_earlier(const Categories& model, const Categories& table, std::size_t columns) {
    if (model.empty() && table.empty()) return {};
    std::vector<CellChange> changes(columns);
    for (std::size_t i = 0; i < columns; ++i) {
        if (has_levels(model, i)) {
            changes[i] = change_to_levels(model[i], table, i);
        } else if (has_levels(table, i)) {
            changes[i] = change_to_numbers_or_missing(table[i]);
        }
    }
    return changes;
}

std::vector<CellChange> level_changes_of_models(const Categories& to, const Categories& from, std::size_t columns) {
    std::vector<CellChange> changes(columns);
    for (std::size_t i = 0; i < columns; ++i) {
        if (!has_levels(to, i)) continue;
        std::vector<float> codes{other_level, other_level};
        if (has_levels(from, i)) {
            const std::vector<float> of_levels = codes_of_texts(from[i], to[i]);
            codes.insert(codes.end(), of_levels.begin(), of_levels.end());
        }
        changes[i] = has_levels(from, i) ? change_by_code(std::move(codes)) : change_of_numbers(to[i]);
    }
    return changes;
}

}  // namespace mml
