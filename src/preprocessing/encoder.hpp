// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/index.hpp"
#include "base/large_vector.hpp"
#include "base/ranks.hpp"
#include "base/supervisor.hpp"
#include "base/tensors.hpp"
#include "data/sparse_rows.hpp"

namespace mml {

/// Encoded rows as differences from the encoder's constant row: row = constant + stored cells.
struct EncodedRows {
    LargeVector<std::size_t> starts{0};
    LargeVector<std::uint32_t> columns;
    LargeVector<float> values;

    std::size_t rows() const { return starts.size() - 1; }
    /// One row in full.
    std::vector<float> row_added_to(const std::vector<float>& constant, std::size_t number) const;
    void clear();
};

/// Turns feature columns into the numbers that linear models and networks work on, fitted on training rows only. Constant
/// columns and copies of another column are dropped; a column gives up to four kinds of output:
///   numeric  (v - centre) * scale, missing read as 0, cut to [-100, 100] so that no outlier overflows;
///   smooth   instead, with bins: z = (v - median) / quartile distance, z / sqrt(1 + (z / 3)^2), less its mean;
///   step     with bins: how far the cell is through one of them, from 0 to 1, less its mean (Gorishniy et al., 2022);
///   missing  1 or 0 for whether the cell is empty, less its mean;
///   one-hot  1 or 0 for whether the cell holds one frequent value, less its mean.
/// A category has no numeric output, and a one-hot output for each of its 256 most frequent cells.
/// Numeric scale: 1 / range for two-valued columns, else 1 / max(standard deviation, range / 20).
class Encoder {
public:
    struct Settings {
        std::int32_t one_hot_minimum = 4;           ///< how much a value must weigh to have an output of its own
        std::size_t one_hot_maximum = 0;            ///< most such values a column; 0: none
        std::span<const std::int32_t> levels = {};  ///< of each column: above 0 for a category; empty: there are none
        std::size_t bins = 0;                       ///< of a column of numbers, by its quantiles; 0: none
        Ranks ranks = {};                           ///< whose rows count together
        Pause pause = {};                           ///< called after each column
    };

    /// weights: of each row, the sample weight behind it.
    static Encoder fit(const SparseRows& rows, std::span<const double> weights, const Settings& settings);

    std::int64_t inputs() const { return inputs_; }
    std::size_t outputs() const { return constant_.size(); }
    const std::vector<float>& constant() const { return constant_; }
    /// The input column that an output encodes.
    std::size_t input_of(std::size_t output) const { return outputs_[output].column; }

    /// Encodes rows first ... last - 1 and appends them to `out`. The same row gives the same cells in every table.
    void encode(const SparseRows& rows, std::int64_t first, std::int64_t last, EncodedRows& out) const;

    /// Encodes the chosen rows, in that order, and appends them to `out`.
    void encode(const SparseRows& rows, std::span<const std::int32_t> chosen, EncodedRows& out) const;

    /// Calls take(output, difference) for the cells of a dense row that encode() would append, in the same order.
    template <typename Take>
    void for_each_difference(std::span<const float> row, Take take) const;

    void store(Tensors& tensors, const std::string& prefix) const;
    /// Throws Error(bad_model) where the tensors do not make an encoder for `inputs` columns.
    static Encoder load(const Tensors& tensors, const std::string& prefix, std::int64_t inputs);

private:
    enum Kind : std::int32_t { numeric = 0, missing = 1, one_hot = 2, smooth = 3, step = 4 };
    struct Output {
        std::uint32_t column;
        std::int32_t kind;
        float centre;
        float scale;
        float value;  ///< one-hot: the value; smooth: the mean of what it gives; step: where the bin begins
    };
    friend class EncoderFit;

    // A column that has outputs, and the cell that stored cells differ from.
    struct Reference {
        std::uint32_t column;
        float cell;
    };

    static float encoded(const Output& output, float cell);
    template <typename Take>
    void take_cell(std::uint32_t column, float cell, Take& take) const;
    template <typename NumberOf>
    void encode_rows(const SparseRows& rows, std::size_t count, const NumberOf& number_of, EncodedRows& out) const;
    void finish();
    void append_cell(std::uint32_t column, float cell, EncodedRows& out) const;

    std::int64_t inputs_ = 0;
    std::vector<Output> outputs_;            ///< by rising column
    std::vector<float> reference_;           ///< the row that stored cells differ from: each used input's usual cell
    std::vector<float> constant_;            ///< the reference row, encoded
    std::vector<std::size_t> first_output_;  ///< of each input; inputs + 1 entries
    std::vector<Reference> references_;      ///< of the inputs that have outputs, rising
};

template <typename Take>
void Encoder::take_cell(std::uint32_t column, float cell, Take& take) const {
    for (std::size_t i = first_output_[column]; i < first_output_[column + 1]; ++i) {
        const float difference = encoded(outputs_[i], cell) - constant_[i];
        if (difference != 0.0F) take(narrowed<std::uint32_t>(i), difference);
    }
}

template <typename Take>
void Encoder::for_each_difference(std::span<const float> row, Take take) const {
    for (const Reference& reference : references_) {
        const float cell = row[reference.column];
        if (!same_cell(cell, reference.cell)) take_cell(reference.column, cell, take);
    }
}

}  // namespace mml
