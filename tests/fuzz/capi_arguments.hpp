// SPDX-License-Identifier: Apache-2.0
// Arguments of the C interface as a fuzzer's bytes draw them: most are in order, some are what a caller may get wrong.
// Memory that the library may read is taken exactly, so that the sanitizer tells the first byte too many.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "draw.hpp"
#include "moodleml/moodleml.h"

namespace mml_fuzz {

inline double drawn_number(Draw& draw) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    constexpr double numbers[] = {0, 0, 1, 0, 1, 2, -1, 0.5, 3, 1e-30, 3e38, 1e39, 4e9, infinity, -infinity, 0.25};
    const std::size_t chosen = draw.below(17);
    return chosen == 16 ? std::numeric_limits<double>::quiet_NaN() : numbers[chosen];
}

/// A table of the caller's with its memory.
class DrawnArray {
public:
    /// Of so many rows and columns, but for what is wrong with it.
    DrawnArray(Draw& draw, std::int64_t rows, std::int64_t columns) {
        array_ = {nullptr, rows, columns, columns, 1, static_cast<mml_data_type>(1 + draw.below(4)), 0};
        draw_strides(draw);
        fill(draw);
        if (draw.below(8) == 0) spoil(draw);
    }
    DrawnArray(const DrawnArray&) = delete;
    DrawnArray& operator=(const DrawnArray&) = delete;

    const mml_array* get() const { return is_null_ ? nullptr : &array_; }

private:
    void draw_strides(Draw& draw) {
        switch (draw.below(6)) {
            case 0:  // column by column
                array_.row_stride = 1;
                array_.column_stride = std::max<std::int64_t>(array_.rows, 1);
                break;
            case 1: array_.row_stride = -array_.row_stride - 1; break;
            case 2:
                array_.column_stride = -2;
                array_.row_stride = 2 * array_.columns + 1;
                break;
            default: array_.row_stride = std::max<std::int64_t>(array_.columns, 1);
        }
    }

    void fill(Draw& draw) {
        const std::int64_t down = (array_.rows - 1) * array_.row_stride;
        const std::int64_t across = (array_.columns - 1) * array_.column_stride;
        if (array_.rows < 1 || array_.columns < 1) return;
        const std::int64_t first = std::min<std::int64_t>(down, 0) + std::min<std::int64_t>(across, 0);
        const std::int64_t count = std::abs(down) + std::abs(across) + 1;
        const std::size_t width = array_.type == MML_FLOAT64 || array_.type == MML_INT64 ? 8 : 4;
        memory_.resize(static_cast<std::size_t>(count) * width);
        memory_.shrink_to_fit();
        for (std::int64_t i = 0; i < count; ++i) put(i, width, drawn_number(draw));
        array_.data = memory_.data() - first * static_cast<std::int64_t>(width);
    }

    void put(std::int64_t element, std::size_t width, double number) {
        const double whole = number >= -1e9 && number <= 1e9 ? number : -1;
        const auto single = static_cast<float>(std::isinf(number) ? number : std::clamp(number, -3.4e38, 3.4e38));
        const auto short_whole = static_cast<std::int32_t>(whole);
        const auto long_whole = static_cast<std::int64_t>(whole);
        const void* const sources[] = {&single, &number, &short_whole, &long_whole};
        std::memcpy(memory_.data() + static_cast<std::size_t>(element) * width, sources[array_.type - 1], width);
    }

    // What the library has to refuse without a look at the memory.
    void spoil(Draw& draw) {
        constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
        switch (draw.below(9)) {
            case 0: is_null_ = true; break;
            case 1: array_.type = draw.flag() ? 0 : 5; break;
            case 2: array_.reserved = 1; break;
            case 3: array_.rows = draw.flag() ? -1 : least; break;
            case 4: array_.columns = draw.flag() ? -1 : std::int64_t{1} << 31U; break;
            case 5: array_.data = array_.rows > 0 && array_.columns > 0 ? nullptr : array_.data; break;
            case 6: array_.row_stride = array_.rows > 1 ? 0 : least; break;
            case 7: array_.column_stride = array_.columns > 1 ? 0 : least; break;
            default: array_.row_stride = array_.rows > 1 ? least : 1;
        }
    }

    mml_array array_{};
    std::vector<char> memory_;
    bool is_null_ = false;
};

/// A list of texts, some of them NULL, no UTF-8 or equal.
class DrawnTexts {
public:
    DrawnTexts(Draw& draw, std::int64_t count) : texts_(static_cast<std::size_t>(std::max<std::int64_t>(count, 0))) {
        for (std::string& text : texts_) {
            text = draw.below(4) == 0 ? draw.text(6) : "n" + std::to_string(&text - texts_.data());
            pointers_.push_back(draw.below(32) == 31 ? nullptr : text.c_str());
        }
        is_null_ = draw.below(32) == 31;
    }
    DrawnTexts(const DrawnTexts&) = delete;
    DrawnTexts& operator=(const DrawnTexts&) = delete;

    const char* const* get() const { return is_null_ ? nullptr : pointers_.data(); }

private:
    std::vector<std::string> texts_;
    std::vector<const char*> pointers_;
    bool is_null_;
};

/// An index of 0 ... count - 1, or one beside these.
inline std::int64_t drawn_index(Draw& draw, std::int64_t count) {
    const std::int64_t odd[] = {-1, count, std::numeric_limits<std::int64_t>::min(),
                                std::numeric_limits<std::int64_t>::max()};
    if (count < 1 || draw.below(4) == 0) return draw.any_of(odd);
    return static_cast<std::int64_t>(draw.below(static_cast<std::size_t>(std::min<std::int64_t>(count, 256))));
}

/// A callback that goes on for a while, then asks to stop or throws.
class DrawnCallback {
public:
    explicit DrawnCallback(Draw& draw) : calls_left_(draw.below(4) == 0 ? draw.below(8) : 1000000), throws_(draw.flag()) {}

    static std::int32_t progress(const mml_progress* progress, void* self) {
        const bool in_range = progress->fraction >= 0 && progress->fraction <= 1 && progress->struct_size >= 40;
        return in_range ? static_cast<DrawnCallback*>(self)->call() : 1;
    }
    static std::int32_t write(const char* bytes, std::size_t size, void* self) {
        static_cast<DrawnCallback*>(self)->bytes_.append(bytes, size);
        return static_cast<DrawnCallback*>(self)->call();
    }
    const std::string& bytes() const { return bytes_; }

private:
    std::int32_t call() {
        mml_status_name(mml_abi_version());  // callbacks may call the library
        if (calls_left_-- > 0) return 0;
        calls_left_ = 0;
        if (throws_) throw 1;
        return 1;
    }

    std::size_t calls_left_;
    bool throws_;
    std::string bytes_;
};

}  // namespace mml_fuzz
