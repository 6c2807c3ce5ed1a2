// SPDX-License-Identifier: Apache-2.0
#include "data/remainders.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include "base/index.hpp"
#include "data/dataset.hpp"

namespace mml {

namespace {

// Values as near to the first one as this share of its size are close together; of spread ones float32 merges few.
constexpr double nearness = 1.0 / 256;
constexpr std::int64_t far_cells_allowed = 8;
constexpr std::int64_t far_cells_for_a_near_one = 3;
// A quarter of the values merged is more than chance merges in tables of some 10,000 rows.
constexpr double most_merged = 0.25;

struct Value {
    float cell;
    float rest;
    double exact() const { return static_cast<double>(cell) + static_cast<double>(rest); }
};

// The columns that have a remainder in any row.
std::vector<std::size_t> rounded_columns(const SparseRows& remainders) {
    std::set<std::size_t> columns;
    RowSpace space;
    for (std::int64_t row = 0; row < remainders.rows(); ++row) {
        for (const std::size_t column : remainders.row(row, space).columns) columns.insert(column);
    }
    return {columns.begin(), columns.end()};
}

// Missing cells left out.
std::vector<Value> values_of(const SparseRows& features, const SparseRows& remainders, std::size_t column) {
    const std::vector<std::int32_t> source{narrowed<std::int32_t>(column)};
    const SparseRows cells = rearranged(features, source);
    const SparseRows rests = rearranged(remainders, source);
    std::vector<Value> values;
    for (std::int64_t row = 0; row < cells.rows(); ++row) {
        Value value{};
        cells.expand_row(row, {&value.cell, 1});
        rests.expand_row(row, {&value.rest, 1});
        if (!std::isnan(value.cell)) values.push_back(value);
    }
    return values;
}

template <typename Number>
double different(std::vector<Number> numbers) {
    std::ranges::sort(numbers);
    return static_cast<double>(std::unique(numbers.begin(), numbers.end()) - numbers.begin());
}

bool merges_many(const std::vector<Value>& values, double origin) {
    std::vector<double> exact;
    std::vector<float> rounded;
    for (const Value& value : values) {
        exact.push_back(value.exact());
        rounded.push_back(static_cast<float>(value.exact() - origin));
    }
    return different(std::move(rounded)) < (1 - most_merged) * different(std::move(exact));
}

// The middle one of the values that were rounded: zeros, which often mean "never", stay out.
double middle_of(const std::vector<Value>& values) {
    std::vector<double> rounded;
    for (const Value& value : values) {
        if (value.rest != 0) rounded.push_back(value.exact());
    }
    const auto middle = rounded.begin() + std::ssize(rounded) / 2;
    std::ranges::nth_element(rounded, middle);
    return *middle;
}

float counted(float cell, float rest, double origin) {
    constexpr double largest = std::numeric_limits<float>::max();
    return static_cast<float>(std::clamp(static_cast<double>(cell) + static_cast<double>(rest) - origin, -largest, largest));
}

// Reads single cells of a row whose columns are asked for in rising order.
class RisingCells {
public:
    RisingCells(SparseRow row, const std::vector<float>& background) : row_(row), background_(background) {}

    // Hands the stored cells before the column to `pass`, and returns the column's.
    template <typename Pass>
    float at(std::size_t column, Pass pass) {
        pass_to(column, pass);
        const bool stored = next_ < row_.columns.size() && row_.columns[next_] == column;
        return stored ? row_.values[next_++] : background_[column];
    }
    template <typename Pass>
    void pass_rest(Pass pass) {
        for (; next_ < row_.columns.size(); ++next_) pass(row_.columns[next_], row_.values[next_]);
    }

private:
    template <typename Pass>
    void pass_to(std::size_t column, Pass pass) {
        for (; next_ < row_.columns.size() && row_.columns[next_] < column; ++next_)
            pass(row_.columns[next_], row_.values[next_]);
    }

    SparseRow row_;
    const std::vector<float>& background_;
    std::size_t next_ = 0;
};

std::vector<std::size_t> moved_columns(std::span<const double> origins) {
    std::vector<std::size_t> moved;
    for (std::size_t column = 0; column < origins.size(); ++column) {
        if (origins[column] != 0) moved.push_back(column);
    }
    return moved;
}

}  // namespace

void Remainders::add_rounded(Column& column, std::int64_t row, double value) {
    constexpr auto bytes_of_rest = narrowed<std::int64_t>(sizeof(std::pair<std::int64_t, float>));
    if (column.first == 0) column.first = value;
    const bool near = std::abs(value - column.first) < nearness * std::abs(column.first);
    (near ? column.near : column.far) += 1;
    bytes_ += bytes_of_rest;
    column.rests.emplace_back(row, static_cast<float>(value - static_cast<double>(static_cast<float>(value))));
    if (column.far <= far_cells_allowed + far_cells_for_a_near_one * column.near) return;
    column.open = false;
    bytes_ -= bytes_of_rest * std::ssize(column.rests);
    column.rests = {};
}

SparseRows Remainders::finish(std::int64_t rows) {
    struct Rest {
        std::int64_t row;
        std::size_t column;
        float value;
    };
    std::vector<Rest> rests;
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        for (const auto& [row, rest] : columns_[column].rests) rests.push_back({row, column, rest});
    }
    if (rests.empty()) return SparseRows();
    std::ranges::sort(rests, {}, [](const Rest& rest) { return std::pair(rest.row, rest.column); });
    SparseRows made(std::vector<float>(columns_.size()));
    auto next = rests.begin();
    for (std::int64_t row = 0; row < rows; ++row) {
        for (; next != rests.end() && next->row == row; ++next) made.add_cell(next->column, next->value);
        made.end_row();
    }
    return made;
}

std::vector<double> origins_of(const SparseRows& features, const SparseRows& remainders) {
    std::vector<double> origins;
    for (const std::size_t column : rounded_columns(remainders)) {
        const std::vector<Value> values = values_of(features, remainders, column);
        if (!merges_many(values, 0)) continue;
        origins.resize(as_size(features.columns()));
        origins[column] = middle_of(values);
    }
    return origins;
}

std::vector<std::size_t> merged_columns(const SparseRows& features, const SparseRows& remainders,
                                        std::span<const double> origins) {
    std::vector<std::size_t> merged;
    for (const std::size_t column : rounded_columns(remainders)) {
        const double origin = origins.empty() ? 0 : origins[column];
        if (merges_many(values_of(features, remainders, column), origin)) merged.push_back(column);
    }
    return merged;
}

float counted_from(float cell, double origin) { return counted(cell, 0, origin); }

SparseRows counted_from(const SparseRows& features, const SparseRows& remainders, std::span<const double> origins) {
    const std::vector<std::size_t> moved = moved_columns(origins);
    const bool has_rests = remainders.rows() == features.rows();
    std::vector<float> background = features.background();
    for (const std::size_t column : moved) {
        background[column] = counted(background[column], 0, origins[column]);
    }
    SparseRows result(std::move(background));
    result.reserve(features.rows());
    const auto keep = [&](std::size_t column, float cell) { result.add_stored_cell(column, cell); };
    const auto pass_over = [](std::size_t, float) {};
    RowSpace space;
    RowSpace rests_space;
    for (std::int64_t index = 0; index < features.rows(); ++index) {
        RisingCells cells(features.row(index, space), features.background());
        RisingCells rests(has_rests ? remainders.row(index, rests_space) : SparseRow{}, remainders.background());
        for (const std::size_t column : moved) {
            const float cell = cells.at(column, keep);
            const float rest = has_rests ? rests.at(column, pass_over) : 0;
            result.add_cell(column, counted(cell, rest, origins[column]));
        }
        cells.pass_rest(keep);
        result.end_row();
    }
    return result;
}

std::pair<SparseRows, SparseRows> counted_from_zero(const SparseRows& features, std::span<const double> origins) {
    std::vector<double> back(origins.begin(), origins.end());
    for (double& origin : back) origin = -origin;
    SparseRows cells = counted_from(features, SparseRows(), back);
    Remainders remainders(features.columns());
    const std::vector<std::size_t> moved = moved_columns(origins);
    std::vector<float> row(as_size(features.columns()));
    for (std::int64_t index = 0; index < features.rows(); ++index) {
        features.expand_row(index, row);
        for (const std::size_t column : moved) {
            remainders.add(index, column, row[column] + origins[column]);
        }
    }
    return {std::move(cells), remainders.finish(features.rows())};
}

SparseRows features_told_apart(const Dataset& dataset) {
    if (dataset.remainders.rows() == 0) return dataset.features;
    const std::vector<double> origins = origins_of(dataset.features, dataset.remainders);
    return origins.empty() ? dataset.features : counted_from(dataset.features, dataset.remainders, origins);
}

}  // namespace mml
