// SPDX-License-Identifier: Apache-2.0
#include "data/arrow_cells.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/text.hpp"

namespace mml {

namespace {

constexpr double missing_number = std::numeric_limits<double>::quiet_NaN();

enum class Layout {
    null,
    boolean,
    i8,
    u8,
    i16,
    u16,
    i32,
    u32,
    i64,
    u64,
    f16,
    f32,
    f64,
    decimal32,
    decimal64,
    decimal128,
    decimal256,
    utf8,
    large_utf8,
    utf8_view
};

struct Type {
    Layout layout;
    ArrowKind kind;
    double unit = 1;     // what a stored 1 is: seconds of a time
    double divisor = 1;  // 10^scale of a decimal: a division rounds once, so that 3 of scale 1 is 0.3
};

struct NamedType {
    std::string_view format;
    Type type;
};

constexpr double day = 86400;
constexpr long long largest_scale = 128;
constexpr std::array<NamedType, 22> named_types{
    {{"n", {Layout::null, ArrowKind::number}},        {"b", {Layout::boolean, ArrowKind::number}},
     {"c", {Layout::i8, ArrowKind::number}},          {"C", {Layout::u8, ArrowKind::number}},
     {"s", {Layout::i16, ArrowKind::number}},         {"S", {Layout::u16, ArrowKind::number}},
     {"i", {Layout::i32, ArrowKind::number}},         {"I", {Layout::u32, ArrowKind::number}},
     {"l", {Layout::i64, ArrowKind::number}},         {"L", {Layout::u64, ArrowKind::number}},
     {"e", {Layout::f16, ArrowKind::number}},         {"f", {Layout::f32, ArrowKind::number}},
     {"g", {Layout::f64, ArrowKind::number}},         {"u", {Layout::utf8, ArrowKind::text}},
     {"U", {Layout::large_utf8, ArrowKind::text}},    {"vu", {Layout::utf8_view, ArrowKind::text}},
     {"tdD", {Layout::i32, ArrowKind::time, day}},    {"tdm", {Layout::i64, ArrowKind::time, 1e-3}},
     {"tDs", {Layout::i64, ArrowKind::number}},       {"tDm", {Layout::i64, ArrowKind::number, 1e-3}},
     {"tDu", {Layout::i64, ArrowKind::number, 1e-6}}, {"tDn", {Layout::i64, ArrowKind::number, 1e-9}}}};

[[noreturn]] void refuse(const ArrowSchema& schema, const std::string& what) {
    fail(Status::bad_data, concat("the Arrow table: column ", quote(schema.name == nullptr ? "" : schema.name), " ", what));
}

Type timestamp_type(std::string_view format) {
    const char unit = format[2];
    return {Layout::i64, ArrowKind::time, unit == 's' ? 1 : unit == 'm' ? 1e-3 : unit == 'u' ? 1e-6 : 1e-9};
}

bool is_timestamp(std::string_view format) {
    return format.size() > 3 && format.starts_with("ts") &&
           std::string_view("smun").find(format[2]) != std::string_view::npos && format[3] == ':';
}

// A decimal's layout by its bits, which the format leaves out if there are 128.
std::optional<Layout> decimal_layout(std::string_view bits) {
    if (bits == "32") return Layout::decimal32;
    if (bits == "64") return Layout::decimal64;
    if (bits == "128") return Layout::decimal128;
    if (bits == "256") return Layout::decimal256;
    return std::nullopt;
}

// d:precision,scale and perhaps the bits, as in d:9,2,32.
bool is_decimal(std::string_view format, Type& type) {
    if (!format.starts_with("d:")) return false;
    format.remove_prefix(2);
    const std::size_t comma = format.find(',');
    if (comma == std::string_view::npos) return false;
    format.remove_prefix(comma + 1);
    const std::size_t width = format.find(',');
    const auto layout = decimal_layout(width == std::string_view::npos ? "128" : format.substr(width + 1));
    long long scale = 0;
    if (!layout || !parse_integer(format.substr(0, width), &scale)) return false;
    if (scale < -largest_scale || scale > largest_scale) return false;
    const auto power = static_cast<double>(scale);
    type = {*layout, ArrowKind::number, std::pow(10.0, std::max(-power, 0.0)), std::pow(10.0, std::max(power, 0.0))};
    return true;
}

Type type_of(const ArrowSchema& schema) {
    if (schema.format == nullptr) refuse(schema, "has no format");
    const std::string_view format = schema.format;
    for (const NamedType& named : named_types) {
        if (named.format == format) return named.type;
    }
    if (is_timestamp(format)) return timestamp_type(format);
    Type type{};
    if (is_decimal(format, type)) return type;
    refuse(schema, concat("has the type ", quote(format),
                          ", which is not a number, text, date or time: leave it out, or convert it"));
}

bool bit_at(const std::uint8_t* bits, std::int64_t place) {
    return (static_cast<unsigned>(bits[place >> 3]) >> static_cast<unsigned>(place & 7) & 1U) != 0;
}

template <typename T>
T load(const void* data, std::int64_t place) {
    T value{};
    std::memcpy(&value, static_cast<const char*>(data) + place * narrowed<std::int64_t>(sizeof value), sizeof value);
    return value;
}

double half(std::uint16_t bits) {
    const int exponent = (bits >> 10U) & 31;
    const double mantissa = bits & 1023U;
    const double sign = (bits & 0x8000U) != 0 ? -1 : 1;
    if (exponent == 31) return mantissa == 0 ? sign * std::numeric_limits<double>::infinity() : missing_number;
    return sign * (exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25));
}

// Whole numbers of several words, the lowest first. The words of a negative number cancel, and doubles lose what is left.
// So its magnitude is converted.
template <std::size_t count>
double whole_number(const void* data, std::int64_t place) {
    auto words = load<std::array<std::uint64_t, count>>(data, place);
    const bool negative = (words.back() >> 63U) != 0;
    bool carry = negative;
    for (std::uint64_t& word : words) {
        if (negative) word = ~word + (carry ? 1U : 0U);
        carry = carry && word == 0;
    }
    double magnitude = 0;
    for (std::size_t i = count; i-- > 0;) magnitude = std::ldexp(magnitude, 64) + static_cast<double>(words[i]);
    return negative ? -magnitude : magnitude;
}

// Sides beyond any memory would overflow the arithmetic on places.
void refuse_other_sides(const ArrowSchema& schema, const ArrowArray& array, std::int64_t offset, std::int64_t length) {
    constexpr std::int64_t most = std::int64_t{1} << 48U;
    const bool sides = offset >= 0 && length >= 0 && array.offset >= 0 && array.length >= 0 && offset <= most &&
                       array.offset <= most && array.length <= most;
    if (!sides) refuse(schema, "has a length or an offset that no column can have");
    if (array.length - offset < length) refuse(schema, "is shorter than its table");
}

class PlainCells : public ArrowCells {
public:
    PlainCells(const ArrowSchema& schema, const ArrowArray& array, std::int64_t offset, std::int64_t length)
        : schema_(schema), type_(type_of(schema)), offset_(offset + array.offset) {
        if (type_.layout == Layout::null || length == 0) {
            type_.layout = Layout::null;
            return;
        }
        const bool text = type_.kind == ArrowKind::text;
        const std::int64_t needed = text && type_.layout != Layout::utf8_view ? 3 : 2;
        if (array.buffers == nullptr || array.n_buffers < needed) refuse(schema, "lacks buffers");
        validity_ = array.null_count == 0 ? nullptr : static_cast<const std::uint8_t*>(array.buffers[0]);
        data_ = array.buffers[1];
        if (data_ == nullptr) refuse(schema, "lacks its values");
        if (text) characters_ = static_cast<const char*>(array.buffers[needed - 1]);
        buffers_ = array.buffers;
        variadic_ = array.n_buffers - 3;
    }

    bool is_missing(std::int64_t row) const override {
        return type_.layout == Layout::null || (validity_ != nullptr && !bit_at(validity_, row + offset_));
    }

    double number(std::int64_t row) const override {
        if (is_missing(row)) return missing_number;
        return type_.unit * stored(row + offset_) / type_.divisor;
    }

    void numbers(std::int64_t first, std::span<double> out) const override {
        const bool plain = validity_ == nullptr && type_.unit == 1;
        switch (plain ? type_.layout : Layout::null) {
            case Layout::f64: return copy<double>(first, out);
            case Layout::f32: return copy<float>(first, out);
            case Layout::i64: return copy<std::int64_t>(first, out);
            case Layout::i32: return copy<std::int32_t>(first, out);
            default:
                for (std::size_t i = 0; i < out.size(); ++i) out[i] = number(first + narrowed<std::int64_t>(i));
        }
    }

    std::string_view text(std::int64_t row) const override {
        if (is_missing(row)) return {};
        const std::int64_t place = row + offset_;
        switch (type_.layout) {
            case Layout::utf8: return between(load<std::int32_t>(data_, place), load<std::int32_t>(data_, place + 1));
            case Layout::large_utf8: return between(load<std::int64_t>(data_, place), load<std::int64_t>(data_, place + 1));
            case Layout::utf8_view: return view(place);
            default: return {};
        }
    }

    std::int64_t dictionary_place(std::int64_t) const override { return -1; }

private:
    template <typename T>
    void copy(std::int64_t first, std::span<double> out) const {
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = static_cast<double>(load<T>(data_, first + offset_ + narrowed<std::int64_t>(i)));
    }

    double stored(std::int64_t place) const {
        switch (type_.layout) {
            case Layout::boolean: return bit_at(static_cast<const std::uint8_t*>(data_), place) ? 1 : 0;
            case Layout::i8: return load<std::int8_t>(data_, place);
            case Layout::u8: return load<std::uint8_t>(data_, place);
            case Layout::i16: return load<std::int16_t>(data_, place);
            case Layout::u16: return load<std::uint16_t>(data_, place);
            case Layout::i32: return load<std::int32_t>(data_, place);
            case Layout::u32: return load<std::uint32_t>(data_, place);
            case Layout::i64: return static_cast<double>(load<std::int64_t>(data_, place));
            case Layout::u64: return static_cast<double>(load<std::uint64_t>(data_, place));
            case Layout::f16: return half(load<std::uint16_t>(data_, place));
            case Layout::f32: return load<float>(data_, place);
            case Layout::f64: return load<double>(data_, place);
            case Layout::decimal32: return load<std::int32_t>(data_, place);
            case Layout::decimal64: return static_cast<double>(load<std::int64_t>(data_, place));
            case Layout::decimal128: return whole_number<2>(data_, place);
            case Layout::decimal256: return whole_number<4>(data_, place);
            default: return missing_number;
        }
    }

    std::string_view between(std::int64_t begin, std::int64_t end) const {
        if (begin < 0 || end < begin || (characters_ == nullptr && end > begin)) refuse(schema_, "has texts out of place");
        return {characters_ + begin, as_size(end - begin)};
    }

    // Sixteen bytes: a length, then the text itself, or its beginning, the number of its buffer, and its place there.
    std::string_view view(std::int64_t place) const {
        constexpr std::int32_t longest_inline = 12;
        const char* const bytes = static_cast<const char*>(data_) + 16 * place;
        const auto length = load<std::int32_t>(bytes, 0);
        if (length < 0) refuse(schema_, "has texts out of place");
        if (length <= longest_inline) return {bytes + 4, as_size(length)};
        const auto buffer = load<std::int32_t>(bytes, 2);
        const auto begin = load<std::int32_t>(bytes, 3);
        if (buffer < 0 || buffer >= variadic_ || begin < 0) refuse(schema_, "has texts out of place");
        const auto* const characters = static_cast<const char*>(buffers_[2 + buffer]);
        const void* const sizes = buffers_[2 + variadic_];
        const bool beyond = sizes != nullptr && std::int64_t{begin} + length > load<std::int64_t>(sizes, buffer);
        if (characters == nullptr || beyond) refuse(schema_, "has texts out of place");
        return {characters + begin, as_size(length)};
    }

    const ArrowSchema& schema_;
    Type type_;
    std::int64_t offset_;
    const std::uint8_t* validity_ = nullptr;
    const void* data_ = nullptr;
    const char* characters_ = nullptr;
    const void** buffers_ = nullptr;
    std::int64_t variadic_ = 0;
};

class DictionaryCells : public ArrowCells {
public:
    DictionaryCells(const ArrowSchema& schema, const ArrowArray& array, std::int64_t offset, std::int64_t length)
        : schema_(schema), places_(schema, array, offset, length) {
        if (array.dictionary == nullptr) refuse(schema, "lacks its dictionary");
        size_ = array.dictionary->length;
        refuse_other_sides(schema, *array.dictionary, 0, size_);
        values_ = std::make_unique<PlainCells>(*schema.dictionary, *array.dictionary, 0, size_);
    }

    bool is_missing(std::int64_t row) const override {
        return places_.is_missing(row) || values_->is_missing(dictionary_place(row));
    }
    double number(std::int64_t row) const override {
        return places_.is_missing(row) ? missing_number : values_->number(dictionary_place(row));
    }
    void numbers(std::int64_t first, std::span<double> out) const override {
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = number(first + narrowed<std::int64_t>(i));
    }
    std::string_view text(std::int64_t row) const override {
        return places_.is_missing(row) ? std::string_view() : values_->text(dictionary_place(row));
    }
    std::int64_t dictionary_place(std::int64_t row) const override {
        const double place = places_.number(row);
        if (!(place >= 0 && place < static_cast<double>(size_))) refuse(schema_, "has places beyond its dictionary");
        return static_cast<std::int64_t>(place);
    }

private:
    const ArrowSchema& schema_;
    PlainCells places_;
    std::int64_t size_ = 0;
    std::unique_ptr<PlainCells> values_;
};

}  // namespace

ArrowKind arrow_kind(const ArrowSchema& schema) {
    if (schema.dictionary == nullptr) return type_of(schema).kind;
    if (type_of(schema).kind != ArrowKind::number || schema.dictionary->dictionary != nullptr)
        refuse(schema, "has a dictionary of an unknown form");
    return type_of(*schema.dictionary).kind;
}

std::int64_t first_missing_row(const ArrowArray& batch) {
    if (batch.null_count == 0 || batch.n_buffers < 1 || batch.buffers == nullptr || batch.buffers[0] == nullptr)
        return batch.length;
    const auto* const validity = static_cast<const std::uint8_t*>(batch.buffers[0]);
    std::int64_t row = 0;
    while (row < batch.length && bit_at(validity, batch.offset + row)) ++row;
    return row;
}

std::unique_ptr<ArrowCells> arrow_cells(const ArrowSchema& schema, const ArrowArray& array, std::int64_t offset,
                                        std::int64_t length) {
    refuse_other_sides(schema, array, offset, length);
    if (schema.dictionary == nullptr) return std::make_unique<PlainCells>(schema, array, offset, length);
    return std::make_unique<DictionaryCells>(schema, array, offset, length);
}

}  // namespace mml
