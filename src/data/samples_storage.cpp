// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <tuple>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/text.hpp"
#include "data/samples.hpp"

namespace mml {

namespace {

// Far more than can be trained on; keeps a damaged file from taking memory.
constexpr std::int32_t most_classes = 1 << 20;

[[noreturn]] void refuse(const std::string& what) { fail(Status::bad_model, concat("damaged samples: ", what)); }

template <typename Member>
std::vector<Member> collected(const Samples& samples, Member Observation::*member) {
    std::vector<Member> values;
    values.reserve(samples.observations.size());
    for (const Observation& observation : samples.observations) values.push_back(observation.*member);
    return values;
}

// The cells as stored: missing ones are NaN, no other value may be infinite.
const std::vector<float>& checked_cells(const std::vector<float>& cells) {
    for (const float cell : cells) {
        if (std::isinf(cell)) refuse("a cell is infinite");
    }
    return cells;
}

void load_row(const Tensors& tensors, std::int64_t begin, std::int64_t end, SparseRows& rows) {
    const auto& columns = tensors.get<std::int32_t>("samples.columns", {-1});
    const auto& values = tensors.get<float>("samples.values", {-1});
    std::int32_t previous = -1;
    for (auto i = as_size(begin); i < as_size(end); ++i) {
        if (columns[i] <= previous || columns[i] >= rows.columns())
            refuse("a row's columns do not rise or are out of range");
        const std::size_t column = as_size(columns[i]);
        if (same_cell(values[i], rows.background()[column])) refuse("a stored cell equals the background");
        rows.add_cell(column, values[i]);
        previous = columns[i];
    }
    rows.end_row();
}

SparseRows load_rows(const Tensors& tensors) {
    const auto& columns = tensors.get<std::int32_t>("samples.columns", {-1});
    const auto stored = std::ssize(columns);
    checked_cells(tensors.get<float>("samples.values", {stored}));
    SparseRows rows(checked_cells(tensors.get<float>("samples.background", {-1})));
    const auto& starts = tensors.get<std::int64_t>("samples.starts", {-1});
    if (starts.empty() || starts.front() != 0 || starts.back() != stored) refuse("the rows do not cover the cells");
    if (starts.size() > std::size_t{std::numeric_limits<std::int32_t>::max()}) refuse("too many rows");
    rows.reserve(std::ssize(starts) - 1);
    for (std::size_t i = 0; i + 1 < starts.size(); ++i) {
        if (starts[i] > starts[i + 1] || starts[i + 1] > stored) refuse("the rows' starts do not rise");
        load_row(tensors, starts[i], starts[i + 1], rows);
    }
    return rows;
}

void check(const Observation& observation, const Samples& samples) {
    if (observation.row < 0 || observation.row >= samples.features.rows()) refuse("a row number is out of range");
    const auto classes = narrowed<std::int32_t>(samples.strata());
    if (observation.class_index < 0 || observation.class_index >= classes) refuse("a class is out of range");
    if (observation.count < 1) refuse("a count is not positive");
    if (!std::isfinite(observation.weight) || observation.weight <= 0) refuse("a weight is not positive and finite");
    if (!std::isfinite(observation.value)) refuse("a value is not finite");
}

void load_observations(const Tensors& tensors, Samples& samples) {
    const auto& rows = tensors.get<std::int32_t>("samples.observation.row", {-1});
    const auto size = std::ssize(rows);
    const auto& classes = tensors.get<std::int32_t>("samples.observation.class", {size});
    const auto& counts = tensors.get<std::int32_t>("samples.observation.count", {size});
    const auto& values = tensors.get<double>("samples.observation.value", {size});
    const auto& weights = tensors.get<double>("samples.observation.weight", {size});
    samples.observations.reserve(rows.size());
    const auto order = [](const Observation& one) { return std::tuple(one.row, one.class_index, one.value); };
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Observation observation{rows[i], classes[i], counts[i], -1, values[i], weights[i]};
        check(observation, samples);
        if (i > 0 && !(order(samples.observations.back()) < order(observation))) refuse("the observations are not in order");
        samples.observations.push_back(observation);
    }
    if (samples.count() > std::numeric_limits<std::int32_t>::max()) refuse("too many samples");
}

}  // namespace

void store_samples(const Samples& samples, Tensors& tensors) {
    tensors.put("samples.background", samples.features.background());
    tensors.put("samples.starts", samples.features.starts());
    tensors.put("samples.columns", samples.features.stored_columns());
    tensors.put("samples.values", samples.features.stored_values());
    const auto classes = narrowed<std::int32_t>(samples.class_names.size());
    tensors.put("samples.classes", std::vector<std::int32_t>{classes});
    tensors.put("samples.observation.row", collected(samples, &Observation::row));
    tensors.put("samples.observation.class", collected(samples, &Observation::class_index));
    tensors.put("samples.observation.count", collected(samples, &Observation::count));
    tensors.put("samples.observation.value", collected(samples, &Observation::value));
    tensors.put("samples.observation.weight", collected(samples, &Observation::weight));
}

Samples load_samples(const Tensors& tensors) {
    const std::int32_t classes = tensors.get<std::int32_t>("samples.classes", {1}).front();
    Samples samples;
    samples.features = load_rows(tensors);
    if (classes < 0 || classes > most_classes) refuse("the number of classes is out of range");
    samples.task = classes == 0 ? Task::regression : Task::classification;
    samples.column_names.resize(as_size(samples.features.columns()));
    samples.class_names.resize(as_size(classes));
    load_observations(tensors, samples);
    return samples;
}

}  // namespace mml
