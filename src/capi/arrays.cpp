// SPDX-License-Identifier: Apache-2.0
#include "capi/arrays.hpp"

#include <cmath>
#include <limits>

#include "base/index.hpp"
#include "capi/guard.hpp"

namespace mml::capi {

namespace {

constexpr double largest_float = std::numeric_limits<float>::max();

std::int64_t element_size(mml_data_type type, const char* name) {
    switch (type) {
        case MML_FLOAT32:
        case MML_INT32: return 4;
        case MML_FLOAT64:
        case MML_INT64: return 8;
        default:
            fail(Status::invalid_argument,
                 concat(name, ": type is ", type, ": give one of MML_FLOAT32 (1) to MML_INT64 (4)"));
    }
}

// Stride 0 is what a caller leaves who forgets to set it, and would silently repeat one sample.
void check_stride(std::int64_t stride, std::int64_t side, const char* name, const char* member) {
    if (stride == 0 && side > 1) {
        fail(Status::invalid_argument,
             concat(name, ": ", member,
                    " is 0: give the step between elements (a C array has row_stride = columns and column_stride = 1)"));
    }
}

// Bytes from the first to the last element along one side; false where that is more than a process can address.
bool reach(std::int64_t stride, std::int64_t side, std::int64_t size, std::int64_t* out) {
    constexpr std::int64_t largest_reach = std::int64_t{1} << 56U;
    return !__builtin_mul_overflow(stride, (side - 1) * size, out) && *out <= largest_reach && *out >= -largest_reach;
}

void check_strides(const mml_array& array, std::int64_t size, const char* name) {
    check_stride(array.row_stride, array.rows, name, "row_stride");
    check_stride(array.column_stride, array.columns, name, "column_stride");
    std::int64_t down = 0;
    std::int64_t across = 0;
    if (!reach(array.row_stride, array.rows, size, &down) || !reach(array.column_stride, array.columns, size, &across)) {
        fail(Status::invalid_argument, concat(name, ": strides ", array.row_stride, " and ", array.column_stride,
                                              " reach beyond the address space: they count elements, not bytes"));
    }
}

[[noreturn]] void refuse(const char* name, std::int64_t row, double value, const std::string& expected) {
    fail(Status::bad_data, concat(name, ": row ", row, " is ", value, ": ", expected));
}

}  // namespace

namespace {

// No text is made where nothing is wrong, for this is asked for every single row.
void check_side(std::int64_t side, const char* name, const char* member) {
    if (side < 0 || side > largest_side) check_count(side, concat(name, ": ", member).c_str());
}

}  // namespace

void check_count(std::int64_t count, const char* name, std::int64_t smallest) {
    if (count < smallest || count > largest_side) {
        fail(Status::invalid_argument, concat(name, " is ", count, ": give a number from ", smallest, " to ", largest_side));
    }
}

ArrayView::ArrayView(const mml_array* array, const char* name) : array_(given(array, name)), name_(name) {
    check_side(array_.rows, name, "rows");
    check_side(array_.columns, name, "columns");
    if (array_.reserved != 0) {
        fail(Status::invalid_argument, concat(name, ": reserved is ", array_.reserved, ": set it to 0"));
    }
    const std::int64_t size = element_size(array_.type, name);
    if (array_.rows == 0 || array_.columns == 0) return;
    if (array_.data == nullptr) fail(Status::invalid_argument, concat(name, ": data is NULL"));
    check_strides(array_, size, name);
}

double ArrayView::at(std::int64_t row, std::int64_t column) const {
    const void* const data = array_.data;
    const std::int64_t element = row * array_.row_stride + column * array_.column_stride;
    switch (array_.type) {
        case MML_FLOAT32: return static_cast<double>(element_at<float>(data, element));
        case MML_FLOAT64: return static_cast<double>(element_at<double>(data, element));
        case MML_INT32: return static_cast<double>(element_at<std::int32_t>(data, element));
        default: return static_cast<double>(element_at<std::int64_t>(data, element));
    }
}

void ArrayView::read_row(std::int64_t row, std::span<float> out) const {
    for (std::size_t column = 0; column < out.size(); ++column) {
        const auto place = narrowed<std::int64_t>(column);
        out[column] = feature(at(row, place), name_, row, place);
    }
}

VectorView::VectorView(const mml_array* array, const char* name, std::int64_t rows)
    : array_(array, name), name_(name), lying_(array_.rows() == 1 && array_.columns() == rows) {
    if (!lying_ && (array_.rows() != rows || array_.columns() != 1)) {
        fail(Status::invalid_argument, concat(name, " is ", array_.rows(), " x ", array_.columns(), ": the data set has ",
                                              rows, " rows, so give ", rows, " x 1 or 1 x ", rows));
    }
}

ListView::ListView(const mml_array* array, const char* name) : array_(array, name), name_(name), lying_(array_.rows() == 1) {
    if (array_.rows() != 1 && array_.columns() != 1) {
        fail(Status::invalid_argument, concat(name, " is ", array_.rows(), " x ", array_.columns(), ": give a vector"));
    }
}

std::int64_t ListView::whole_at(std::int64_t index) const {
    constexpr double most = 0x1.0p53;
    const double value = at(index);
    if (!(value >= -most && value <= most) || value != std::trunc(value)) {
        fail(Status::invalid_argument, concat(name_, ": element ", index, " is ", value, ": give a whole number"));
    }
    return static_cast<std::int64_t>(value);
}

double VectorView::finite_at(std::int64_t row) const {
    const double value = at(row);
    if (!std::isfinite(value)) refuse(name_, row, value, "give a finite number");
    return value;
}

double VectorView::weight_at(std::int64_t row) const {
    const double value = at(row);
    if (!(value >= 0 && std::isfinite(value))) refuse(name_, row, value, "give a finite number that is not negative");
    return value;
}

std::int32_t VectorView::index_at(std::int64_t row, std::int32_t count) const {
    const double value = at(row);
    const bool valid = value >= 0 && value < count && value == std::floor(value);
    if (!valid) refuse(name_, row, value, concat("give a whole number from 0 to ", count - 1));
    return static_cast<std::int32_t>(value);
}

float feature(double value, const char* name, std::int64_t row, std::int64_t column) {
    if (std::abs(value) > largest_float) {
        fail(Status::bad_data, concat(name, ": row ", row, ", column ", column, " is ", value,
                                      ": give numbers that float32 can hold, and NaN where a value is missing"));
    }
    return static_cast<float>(value);
}

}  // namespace mml::capi
