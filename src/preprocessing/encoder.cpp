// SPDX-License-Identifier: Apache-2.0
#include "preprocessing/encoder.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/index.hpp"

namespace mml {

namespace {

constexpr float largest_numeric = 100.0F;

// A mean of ones and zeros, as rounded sums give it.
constexpr float largest_mean = 1.001F;
constexpr float largest_bent = 3.001F;

float filled(float cell) { return std::isnan(cell) ? 0.0F : cell; }

// NaN, of a cell so far off that its difference is infinite where the scale is 0, becomes the lower bound by std::max().
float clamped(float value) { return std::min(std::max(-largest_numeric, value), largest_numeric); }

// Nearly its argument up to 1, at most 3. Clamped, so that no square overflows.
float bent(float value) {
    constexpr float bound = 3.0F;
    const float z = std::min(std::max(-1e6F, value), 1e6F);
    return z / std::sqrt(1.0F + z * z / (bound * bound));
}

float bounded_share(float value) { return std::min(std::max(0.0F, value), 1.0F); }

// The cells of used columns in which a table's background differs from the encoder's reference.
using Cells = std::vector<std::pair<std::uint32_t, float>>;

Cells differences(const std::vector<float>& background, const std::vector<float>& reference,
                  const std::vector<std::size_t>& first_output) {
    Cells cells;
    for (std::size_t column = 0; column < reference.size(); ++column) {
        const bool used = first_output[column + 1] > first_output[column];
        if (used && !same_cell(background[column], reference[column])) {
            cells.emplace_back(column, background[column]);
        }
    }
    return cells;
}

constexpr std::size_t rows_that_tell = 1024;

// A vector that doubles takes thrice its size for a while: what the first rows take tells what all will, and room that stays
// unused takes no memory.
void reserve_for_all(EncodedRows& out, std::size_t cells_before, std::size_t rows) {
    const std::size_t cells_of_first = out.values.size() - cells_before;
    const std::size_t expected = cells_before + cells_of_first * rows / rows_that_tell * 11 / 10;
    out.columns.reserve(expected);
    out.values.reserve(expected);
    out.starts.reserve(out.starts.size() + rows - rows_that_tell);
}

// Calls take(column, cell) for a row's cells in used columns that differ from the reference, by rising column.
template <typename Take>
void for_each_cell(const SparseRow& row, const Cells& base, const std::vector<float>& reference, const Take& take) {
    auto inherited = base.begin();
    for (std::size_t i = 0; i < row.columns.size(); ++i) {
        const std::uint32_t column = row.columns[i];
        for (; inherited != base.end() && inherited->first < column; ++inherited) take(inherited->first, inherited->second);
        if (inherited != base.end() && inherited->first == column) ++inherited;
        if (!same_cell(row.values[i], reference[column])) take(column, row.values[i]);
    }
    for (; inherited != base.end(); ++inherited) take(inherited->first, inherited->second);
}

}  // namespace

std::vector<float> EncodedRows::row_added_to(const std::vector<float>& constant, std::size_t number) const {
    std::vector<float> row = constant;
    for (std::size_t i = starts[number]; i < starts[number + 1]; ++i) row[columns[i]] += values[i];
    return row;
}

void EncodedRows::clear() {
    starts.assign(1, 0);
    columns.clear();
    values.clear();
}

float Encoder::encoded(const Output& output, float cell) {
    switch (output.kind) {
        case numeric: return clamped((filled(cell) - output.centre) * output.scale);
        case missing: return (std::isnan(cell) ? 1.0F : 0.0F) - output.centre;
        case smooth: return bent((filled(cell) - output.centre) * output.scale) - output.value;
        case step: return bounded_share((filled(cell) - output.value) * output.scale) - output.centre;
        default: return (cell == output.value ? 1.0F : 0.0F) - output.centre;
    }
}

void Encoder::finish() {
    first_output_.assign(as_size(inputs_) + 1, 0);
    for (const Output& output : outputs_) ++first_output_[output.column + 1];
    for (std::size_t i = 1; i < first_output_.size(); ++i) first_output_[i] += first_output_[i - 1];
    constant_.clear();
    references_.clear();
    for (const Output& output : outputs_) {
        const float cell = reference_[output.column];
        constant_.push_back(encoded(output, cell));
        if (references_.empty() || references_.back().column != output.column) references_.push_back({output.column, cell});
    }
}

void Encoder::append_cell(std::uint32_t column, float cell, EncodedRows& out) const {
    const auto append = [&](std::uint32_t output, float difference) {
        out.columns.push_back(output);
        out.values.push_back(difference);
    };
    take_cell(column, cell, append);
}

template <typename NumberOf>
void Encoder::encode_rows(const SparseRows& rows, std::size_t count, const NumberOf& number_of, EncodedRows& out) const {
    const Cells base = differences(rows.background(), reference_, first_output_);
    const std::size_t cells_before = out.values.size();
    RowSpace space;
    for (std::size_t i = 0; i < count; ++i) {
        if (i == rows_that_tell) reserve_for_all(out, cells_before, count);
        const SparseRow row = rows.row(number_of(i), space);
        for_each_cell(row, base, reference_, [&](std::uint32_t column, float cell) { append_cell(column, cell, out); });
        out.starts.push_back(out.values.size());
    }
}

void Encoder::encode(const SparseRows& rows, std::int64_t first, std::int64_t last, EncodedRows& out) const {
    encode_rows(
        rows, as_size(last - first), [&](std::size_t i) { return first + narrowed<std::int64_t>(i); }, out);
}

void Encoder::encode(const SparseRows& rows, std::span<const std::int32_t> chosen, EncodedRows& out) const {
    encode_rows(
        rows, chosen.size(), [&](std::size_t i) { return std::int64_t{chosen[i]}; }, out);
}

void Encoder::store(Tensors& tensors, const std::string& prefix) const {
    std::vector<std::int32_t> columns, kinds;
    std::vector<float> centres, scales, values;
    for (const Output& output : outputs_) {
        columns.push_back(narrowed<std::int32_t>(output.column));
        kinds.push_back(output.kind);
        centres.push_back(output.centre);
        scales.push_back(output.scale);
        values.push_back(output.value);
    }
    tensors.put(prefix + "column", std::move(columns));
    tensors.put(prefix + "kind", std::move(kinds));
    tensors.put(prefix + "centre", std::move(centres));
    tensors.put(prefix + "scale", std::move(scales));
    tensors.put(prefix + "value", std::move(values));
    tensors.put(prefix + "reference", reference_);
}

Encoder Encoder::load(const Tensors& tensors, const std::string& prefix, std::int64_t inputs) {
    Encoder encoder;
    encoder.inputs_ = inputs;
    encoder.reference_ = tensors.get<float>(prefix + "reference", {inputs});
    const auto& columns = tensors.get<std::int32_t>(prefix + "column", {-1});
    const std::size_t count = columns.size();
    const auto& kinds = tensors.get<std::int32_t>(prefix + "kind", {count});
    const auto& centres = tensors.get<float>(prefix + "centre", {count});
    const auto& scales = tensors.get<float>(prefix + "scale", {count});
    const auto& values = tensors.get<float>(prefix + "value", {count});
    std::int32_t previous = 0;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const bool valid = columns[i] >= previous && columns[i] < inputs && kinds[i] >= numeric && kinds[i] <= step &&
                           std::isfinite(centres[i]) && std::isfinite(scales[i]) && std::isfinite(values[i]) &&
                           (kinds[i] == numeric || kinds[i] == smooth || std::abs(centres[i]) <= largest_mean) &&
                           (kinds[i] != smooth || std::abs(values[i]) <= largest_bent);
        if (!valid) fail(Status::bad_model, "damaged model: an encoder's output is out of range");
        previous = columns[i];
        encoder.outputs_.push_back({narrowed<std::uint32_t>(columns[i]), kinds[i], centres[i], scales[i], values[i]});
    }
    if (std::ranges::any_of(encoder.reference_, [](float cell) { return std::isinf(cell); })) {
        fail(Status::bad_model, "damaged model: an encoder's reference row is infinite");
    }
    encoder.finish();
    return encoder;
}

}  // namespace mml
