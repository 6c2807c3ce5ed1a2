// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <span>

#include "base/index.hpp"
#include "moodleml/moodleml.h"

namespace mml::capi {

/// Most rows and most columns of a data set: their numbers are 32-bit inside.
constexpr std::int64_t largest_side = 2147483647;

/// Throws Error(invalid_argument) where a number of rows, columns or entries is negative or larger than there can be.
void check_count(std::int64_t count, const char* name, std::int64_t smallest = 0);

/// An element of the caller's memory, which need not be aligned.
template <typename Element>
Element element_at(const void* data, std::int64_t place) {
    Element value;
    std::memcpy(&value, static_cast<const char*>(data) + place * narrowed<std::int64_t>(sizeof value), sizeof value);
    return value;
}

/// A caller's table, looked at in place. `name` is what messages call it.
class ArrayView {
public:
    /// Throws Error(invalid_argument) for NULL, an unknown type, bad sides or bad strides.
    ArrayView(const mml_array* array, const char* name);

    std::int64_t rows() const { return array_.rows; }
    std::int64_t columns() const { return array_.columns; }
    double at(std::int64_t row, std::int64_t column) const;
    /// Whether its type has numbers that float32 rounds.
    bool is_rounded() const { return array_.type != MML_FLOAT32; }
    const mml_array& array() const { return array_; }
    const char* name() const { return name_; }

    /// A row's cells as features; throws Error(bad_data) where one is infinite, also as float32.
    void read_row(std::int64_t row, std::span<float> out) const;

private:
    mml_array array_;
    const char* name_;
};

/// A caller's vector of one entry a row of a data set, standing or lying.
class VectorView {
public:
    /// Besides the above throws Error(invalid_argument) where it is no vector of `rows` entries.
    VectorView(const mml_array* array, const char* name, std::int64_t rows);

    /// Throws Error(bad_data) where it is not finite.
    double finite_at(std::int64_t row) const;
    /// Throws Error(bad_data) where it is negative or not finite.
    double weight_at(std::int64_t row) const;
    /// Throws Error(bad_data) where it is not a whole number from 0 to count - 1.
    std::int32_t index_at(std::int64_t row, std::int32_t count) const;

private:
    double at(std::int64_t row) const { return lying_ ? array_.at(0, row) : array_.at(row, 0); }

    ArrayView array_;
    const char* name_;
    bool lying_;
};

/// A caller's vector of any length, standing or lying.
class ListView {
public:
    /// Throws Error(invalid_argument) where it is no vector.
    ListView(const mml_array* array, const char* name);

    std::int64_t size() const { return lying_ ? array_.columns() : array_.rows(); }
    double at(std::int64_t index) const { return lying_ ? array_.at(0, index) : array_.at(index, 0); }
    /// Throws Error(invalid_argument) where it is not a whole number.
    std::int64_t whole_at(std::int64_t index) const;

private:
    ArrayView array_;
    const char* name_;
    bool lying_;
};

/// Cells as features. Of the given columns, in their order, all rows first ... first + count - 1; where they are all of the
/// table's, float32 and in row-major order already, they are looked at in place, else written to `cells`. Returns where they
/// are. Throws Error(bad_data) naming the cell where one is infinite, also as float32.
const float* read_features(const ArrayView& array, std::int64_t first, std::size_t count,
                           std::span<const std::int32_t> columns, float* cells);

/// Throws Error(bad_data) naming the cell where a feature is infinite, also as float32.
float feature(double value, const char* name, std::int64_t row, std::int64_t column);

}  // namespace mml::capi
