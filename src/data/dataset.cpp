// SPDX-License-Identifier: Apache-2.0
#include "data/dataset.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "base/index.hpp"
#include "base/text.hpp"

namespace mml {

namespace {

template <typename T>
std::vector<T> picked(const std::vector<T>& values, std::span<const std::int64_t> rows) {
    std::vector<T> result;
    if (values.empty()) return result;
    result.reserve(rows.size());
    for (const std::int64_t row : rows) result.push_back(item(values, row));
    return result;
}

// The power of two that the largest weight is divided by. Usual weights stay as they are. Far larger or smaller ones would
// leave float32, or their sums would.
int exponent_of(double largest) {
    constexpr int usual = 60;
    const int exponent = largest > 0 ? std::ilogb(largest) : 0;
    return std::abs(exponent) <= usual ? 0 : exponent;
}

}  // namespace

const char* task_name(Task task) { return task == Task::classification ? "classification" : "regression"; }

const char* target_kind(Task task) { return task == Task::classification ? "class" : "number"; }

void Dataset::set_weights(std::span<const double> values) {
    const double largest = values.empty() ? 0 : std::ranges::max(values);
    const int exponent = exponent_of(largest);
    std::vector<float> scaled;
    scaled.reserve(values.size());
    for (const double value : values) {
        const auto weight = static_cast<float>(std::ldexp(value, -exponent));
        scaled.push_back(value > 0 ? std::max(weight, std::numeric_limits<float>::min()) : 0);
    }
    weights = std::move(scaled);
    weights_exponent = exponent;
}

std::vector<std::string> default_column_names(std::int64_t count) {
    std::vector<std::string> names;
    names.reserve(as_size(count));
    for (std::int64_t i = 0; i < count; ++i) names.push_back(concat("x", i));
    return names;
}

Target selected(const Target& target, std::span<const std::int64_t> rows) {
    return {target.task, target.class_names, picked(target.class_indices, rows), picked(target.values, rows)};
}

Dataset selected(const Dataset& dataset, std::span<const std::int64_t> rows) {
    Dataset result;
    result.source = dataset.source;
    result.features = selected(dataset.features, rows);
    if (dataset.remainders.rows() > 0) result.remainders = selected(dataset.remainders, rows);
    result.column_names = dataset.column_names;
    result.named = dataset.named;
    result.categories = dataset.categories;
    result.target_name = dataset.target_name;
    result.row_ids = picked(dataset.row_ids, rows);
    result.weights = picked(dataset.weights, rows);
    result.weights_exponent = dataset.weights_exponent;
    if (dataset.groups)
        result.groups = SampleGroups{dataset.groups->column, dataset.groups->names, picked(dataset.groups->of_row, rows)};
    result.times = picked(dataset.times, rows);
    result.metadata = dataset.metadata;
    result.id_column_name = dataset.id_column_name;
    if (dataset.target) result.target = selected(*dataset.target, rows);
    return result;
}

}  // namespace mml
