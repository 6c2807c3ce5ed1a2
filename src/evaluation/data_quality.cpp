// SPDX-License-Identifier: Apache-2.0
#include "evaluation/data_quality.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/index.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "data/equal_rows.hpp"
#include "data/remainders.hpp"
#include "evaluation/columns.hpp"

namespace mml {

namespace {

// A column that tells more than this is suspected of being made from the target; fewer rows prove nothing.
constexpr double suspicious = 0.99;
constexpr std::size_t fewest_rows = 20;
// Rows that are looked at for that, fewer where there are many columns.
constexpr std::size_t most_surveyed_rows = 5000;
constexpr std::size_t most_surveyed_cells = 20'000'000;

std::string name_of(const Dataset& dataset, std::size_t column) { return valid_utf8(dataset.column_names[column]); }

Json constant_json(const Dataset& dataset, const Columns& columns) {
    Json names = Json::array();
    std::int64_t count = 0;
    for (std::size_t column = 0; column < columns.count(); ++column) {
        if (!columns.is_constant(column)) continue;
        ++count;
        if (names.size() < most_named_columns) names.push_back(name_of(dataset, column));
    }
    return {{"count", count}, {"names", std::move(names)}};
}

Json missing_json(const Dataset& dataset, const Columns& columns) {
    std::vector<std::pair<std::int64_t, std::size_t>> lacking;
    std::int64_t cells = 0;
    for (std::size_t column = 0; column < columns.count(); ++column) {
        const std::int64_t missing = columns.missing(column);
        cells += missing;
        if (missing > 0) lacking.emplace_back(missing, column);
    }
    std::ranges::stable_sort(lacking, std::greater<>(), [](const auto& entry) { return entry.first; });
    Json worst = Json::array();
    const auto rows = static_cast<double>(columns.rows());
    for (std::size_t i = 0; i < std::min(lacking.size(), most_named_columns); ++i) {
        const auto [missing, column] = lacking[i];
        worst.push_back({{"name", name_of(dataset, column)}, {"share", static_cast<double>(missing) / rows}});
    }
    const double all = rows * static_cast<double>(columns.count());
    return {{"columns", lacking.size()},
            {"share", all > 0 ? static_cast<double>(cells) / all : 0.0},
            {"worst", std::move(worst)}};
}

// Constant columns are told already.
Json duplicates_json(const Dataset& dataset, const Columns& columns) {
    const auto pairs = repeated_columns(columns);
    Json names = Json::array();
    for (std::size_t i = 0; i < std::min(pairs.size(), most_named_columns); ++i) {
        names.push_back(Json::array({name_of(dataset, pairs[i].first), name_of(dataset, pairs[i].second)}));
    }
    return {{"count", pairs.size()}, {"pairs", std::move(names)}};
}

// Rows of equal features.
struct Likes {
    std::vector<std::size_t> rows;
    std::size_t most_alike = 0;  // the most of them that have one target
};

std::size_t most_alike(const Likes& likes, const Target& target) {
    std::vector<double> values;
    values.reserve(likes.rows.size());
    for (const std::size_t row : likes.rows) {
        values.push_back(target.number(row));
    }
    std::ranges::sort(values);
    std::size_t most = 0;
    for (std::size_t begin = 0, i = 1; i <= values.size(); ++i) {
        if (i < values.size() && values[i] == values[begin]) continue;
        most = std::max(most, i - begin);
        begin = i;
    }
    return most;
}

Json equal_rows_json(const Dataset& dataset, const Target& target) {
    const LargeVector<std::int32_t> numbers = find_equal_rows(features_told_apart(dataset)).numbers;
    std::vector<Likes> groups;
    for (std::size_t row = 0; row < numbers.size(); ++row) {
        const auto number = as_size(numbers[row]);
        if (number == groups.size()) groups.emplace_back();
        groups[number].rows.push_back(row);
    }
    std::size_t repeated = 0;
    std::size_t conflicting = 0;
    std::size_t right = 0;
    for (const Likes& likes : groups) {
        const std::size_t alike = most_alike(likes, target);
        right += alike;
        if (likes.rows.size() > 1) repeated += likes.rows.size();
        if (alike < likes.rows.size()) conflicting += likes.rows.size();
    }
    Json best = nullptr;
    if (target.task == Task::classification && !numbers.empty()) {
        best = static_cast<double>(right) / static_cast<double>(numbers.size());
    }
    return {{"rows", repeated}, {"conflicting", conflicting}, {"best_accuracy", std::move(best)}};
}

// Rows of one cell value, in order of the cells; what their targets are.
class Neighbours {
public:
    explicit Neighbours(const Target& target) : target_(target), counts_(target.class_names.size()) {}

    // The next rows, all of one cell: counts what is guessed of them, remembers what to guess of the next.
    void meet(std::span<const std::size_t> rows) {
        const double guess = guess_of(rows);
        const bool alone = rows.size() == 1 && met_any_;
        for (const std::size_t row : rows) rate(row, alone ? guess_ : guess);
        guess_ = guess;
        met_any_ = true;
    }

    double told() const {
        if (rows_ < 2) return 0;
        if (target_.task == Task::classification) return right_ / rows_;
        const double variance = squares_ - sum_ * sum_ / rows_;
        return variance > 0 ? 1 - errors_ / variance : 0;
    }

private:
    double guess_of(std::span<const std::size_t> rows) {
        if (target_.task == Task::regression) {
            double total = 0;
            for (const std::size_t row : rows) total += target_.values[row];
            return total / static_cast<double>(rows.size());
        }
        std::ranges::fill(counts_, 0);
        for (const std::size_t row : rows) ++item(counts_, target_.class_indices[row]);
        return static_cast<double>(std::ranges::max_element(counts_) - counts_.begin());
    }

    // Values count from the first one met, so that a large offset costs no digits.
    void rate(std::size_t row, double guess) {
        ++rows_;
        if (target_.task == Task::classification) {
            right_ += guess == target_.class_indices[row] ? 1 : 0;
            return;
        }
        if (rows_ == 1) offset_ = target_.values[row];
        const double value = target_.values[row] - offset_;
        sum_ += value;
        squares_ += value * value;
        errors_ += (value + offset_ - guess) * (value + offset_ - guess);
    }

    const Target& target_;
    std::vector<std::int64_t> counts_;
    bool met_any_ = false;
    double guess_ = 0;
    double rows_ = 0;
    double right_ = 0;
    double offset_ = 0;
    double sum_ = 0;
    double squares_ = 0;
    double errors_ = 0;
};

// Missing cells come last.
bool comes_before(float a, float b) { return a == a && (b != b || a < b); }

// The share of the rows that the most frequent class has: what is told without any column.
double told_without(const Target& target) {
    if (target.class_indices.empty()) return 0;
    std::vector<std::int64_t> counts(target.class_names.size());
    for (const std::int32_t label : target.class_indices) ++item(counts, label);
    return static_cast<double>(std::ranges::max(counts)) / static_cast<double>(target.class_indices.size());
}

// A random part of the rows, the same each time.
std::vector<std::int64_t> surveyed_rows(const Dataset& dataset) {
    std::vector<std::int64_t> rows(as_size(dataset.rows()));
    std::iota(rows.begin(), rows.end(), std::int64_t{0});
    const auto columns = as_size(std::max<std::int64_t>(dataset.columns(), 1));
    const std::size_t count = std::clamp(most_surveyed_cells / columns, std::size_t{200}, most_surveyed_rows);
    if (rows.size() <= count) return rows;
    RandomStream stream(0, purpose::surveyed_rows);
    stream.shuffle(std::span(rows));
    rows.resize(count);
    std::ranges::sort(rows);
    return rows;
}

// Those that leave a fifth of the errors at most, so that with one class of 99 % not every column is suspected.
Json telling_columns_json(const Dataset& dataset, const Target& target) {
    const std::vector<std::int64_t> rows = surveyed_rows(dataset);
    Json list = Json::array();
    if (rows.size() < fewest_rows) return list;
    const SparseRows features = selected(features_told_apart(dataset), rows);
    const Columns columns(features);
    const Target part = selected(target, rows);
    const double needed = std::max(suspicious, 1 - (1 - told_without(part)) / 5);
    for (std::size_t column = 0; column < columns.count() && list.size() < most_named_columns; ++column) {
        if (columns.is_constant(column)) continue;
        const double told = told_by_column(columns.cells(column), part);
        if (told >= needed) list.push_back({{"name", name_of(dataset, column)}, {"share", told}});
    }
    return list;
}

}  // namespace

double told_by_column(std::span<const float> cells, const Target& target) {
    std::vector<std::size_t> order(cells.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, comes_before, [&](std::size_t row) { return cells[row]; });
    Neighbours neighbours(target);
    for (std::size_t begin = 0, i = 1; i <= order.size(); ++i) {
        if (i < order.size() && same_cell(cells[order[begin]], cells[order[i]])) continue;
        neighbours.meet(std::span(order).subspan(begin, i - begin));
        begin = i;
    }
    return neighbours.told();
}

Json data_quality_json(const Dataset& dataset, const Target& target) {
    const SparseRows features = features_told_apart(dataset);
    const Columns columns(features);
    Json json = Json::object();
    json["constant_columns"] = constant_json(dataset, columns);
    json["duplicate_columns"] = duplicates_json(dataset, columns);
    json["missing"] = missing_json(dataset, columns);
    json["equal_rows"] = equal_rows_json(dataset, target);
    json["telling_columns"] = telling_columns_json(dataset, target);
    return json;
}

}  // namespace mml
