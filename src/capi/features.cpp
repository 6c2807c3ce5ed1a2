// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <utility>

#include "base/index.hpp"
#include "capi/arrays.hpp"

namespace mml::capi {

namespace {

template <typename Element>
void copy_cells(const mml_array& array, std::int64_t first, std::size_t count, std::span<const std::int32_t> columns,
                float* cells) {
    for (std::size_t row = 0; row < count; ++row) {
        const std::int64_t start = (first + narrowed<std::int64_t>(row)) * array.row_stride;
        for (const std::int32_t column : columns)
            *cells++ = static_cast<float>(element_at<Element>(array.data, start + column * array.column_stride));
    }
}

bool is_whole_row(std::span<const std::int32_t> columns, std::int64_t count) {
    if (std::cmp_not_equal(columns.size(), count)) return false;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i] != narrowed<std::int32_t>(i)) return false;
    }
    return true;
}

// Where a block's cells are already in the form that is wanted; nullptr: nowhere.
const float* cells_in_place(const mml_array& array, std::int64_t first, std::size_t count,
                            std::span<const std::int32_t> columns) {
    const bool fits = array.type == MML_FLOAT32 && array.column_stride == 1 &&
                      (count == 1 || array.row_stride == array.columns) && is_whole_row(columns, array.columns);
    if (!fits) return nullptr;
    const char* const start =
        static_cast<const char*>(array.data) + first * array.row_stride * narrowed<std::int64_t>(sizeof(float));
    const bool is_aligned = reinterpret_cast<std::uintptr_t>(start) % alignof(float) == 0;
    return is_aligned ? reinterpret_cast<const float*>(start) : nullptr;
}

// Infinite ones are larger; NaN compares false.
bool has_infinite(const float* cells, std::size_t count) {
    constexpr float largest = std::numeric_limits<float>::max();
    int found = 0;
    for (std::size_t i = 0; i < count; ++i)
        found |= static_cast<int>(cells[i] > largest) | static_cast<int>(cells[i] < -largest);
    return found != 0;
}

void copy_by_type(const mml_array& array, std::int64_t first, std::size_t count, std::span<const std::int32_t> columns,
                  float* cells) {
    switch (array.type) {
        case MML_FLOAT32: return copy_cells<float>(array, first, count, columns, cells);
        case MML_FLOAT64: return copy_cells<double>(array, first, count, columns, cells);
        case MML_INT32: return copy_cells<std::int32_t>(array, first, count, columns, cells);
        default: return copy_cells<std::int64_t>(array, first, count, columns, cells);
    }
}

}  // namespace

const float* read_features(const ArrayView& array, std::int64_t first, std::size_t count,
                           std::span<const std::int32_t> columns, float* cells) {
    const float* found = cells_in_place(array.array(), first, count, columns);
    if (found == nullptr) {
        copy_by_type(array.array(), first, count, columns, cells);
        found = cells;
    }
    if (has_infinite(found, count * columns.size())) {
        for (std::size_t row = 0; row < count; ++row) {
            const std::int64_t number = first + narrowed<std::int64_t>(row);
            for (const std::int32_t column : columns) feature(array.at(number, column), array.name(), number, column);
        }
    }
    return found;
}

}  // namespace mml::capi
