// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "data/sparse_rows.hpp"

namespace mml {

struct Dataset;

/// Collects what float32 rounds off the cells of a table, in columns whose values are close together and far from 0: time
/// stamps such as 1700000001 and 1700000046 are one float32. Other columns lose nothing that a model needs.
class Remainders {
public:
    explicit Remainders(std::int64_t columns) : columns_(static_cast<std::size_t>(columns)) {}

    /// A cell of a feature column as it was given; rows rise within a column. NaN: missing.
    void add(std::int64_t row, std::size_t column, double value) {
        Column& one = columns_[column];
        if (!one.open || value == static_cast<double>(static_cast<float>(value)) || std::isnan(value)) return;
        add_rounded(one, row, value);
    }
    /// Whether add() still has anything to do for the column.
    bool collects(std::size_t column) const { return columns_[column].open; }
    std::int64_t bytes() const { return bytes_; }
    /// A table of so many rows: of each cell the value less its float32. Without rows if nothing was collected.
    SparseRows finish(std::int64_t rows);

private:
    struct Column {
        bool open = true;
        double first = 0;  ///< of the rounded values
        std::int64_t near = 0;
        std::int64_t far = 0;
        std::vector<std::pair<std::int64_t, float>> rests;
    };
    void add_rounded(Column& column, std::int64_t row, double value);

    std::vector<Column> columns_;
    std::int64_t bytes_ = 0;
};

/// Of each column the value from which a model counts: 0, or a value in the middle if float32 would merge more than a
/// quarter of its different values. Empty: all 0. remainders: as Remainders made them, or without rows.
std::vector<double> origins_of(const SparseRows& features, const SparseRows& remainders);

/// The columns in which more than a quarter of the different values are still one float32 with another, counted from the
/// origins (empty: 0).
std::vector<std::size_t> merged_columns(const SparseRows& features, const SparseRows& remainders,
                                        std::span<const double> origins);

/// The cells counted from their columns' origins: cell + remainder - origin, in double. Only columns with another origin
/// than 0 change. remainders may have no rows.
SparseRows counted_from(const SparseRows& features, const SparseRows& remainders, std::span<const double> origins);

/// The features of a data set for questions of equality: counted from the origins that float32 needs.
SparseRows features_told_apart(const Dataset& dataset);

/// The same of one cell.
float counted_from(float cell, double origin);

/// The other way round: the cells of a table counted from 0, and its remainders.
std::pair<SparseRows, SparseRows> counted_from_zero(const SparseRows& features, std::span<const double> origins);

}  // namespace mml
