// SPDX-License-Identifier: Apache-2.0
#include "arrays.hpp"

namespace py = pybind11;

namespace mml::python {

mml_data_type type_of(const py::buffer_info& info) {
    // 'l' and 'q' are both 64 bits wide here, so integers are told apart by their size.
    // Arrays that came from another process may name this machine's order of bytes.
    const std::size_t named = info.format.rfind('=', 0) == 0 ? 1 : 0;
    const char kind = info.format.size() == named + 1 ? info.format[named] : '?';
    switch (kind) {
        case 'f': return MML_FLOAT32;
        case 'd': return MML_FLOAT64;
        case 'i':
        case 'l':
        case 'q': return info.itemsize == 4 ? MML_INT32 : MML_INT64;
        default:
            throw py::type_error("an array of float32, float64, int32 or int64 is needed, not of format " + info.format);
    }
}

namespace {

std::int64_t stride_of(const py::buffer_info& info, std::size_t dimension) {
    const std::int64_t bytes = info.strides[dimension];
    if (bytes % info.itemsize != 0) throw py::value_error("an array whose strides are whole elements is needed");
    return bytes / info.itemsize;
}

}  // namespace

ArrayView::ArrayView(const py::buffer& buffer) : info_(buffer.request()) {
    if (info_.ndim != 1 && info_.ndim != 2)
        throw py::value_error("an array of one or two dimensions is needed, not of " + std::to_string(info_.ndim));
    const bool is_table = info_.ndim == 2;
    array_.data = info_.ptr;
    array_.rows = info_.shape[0];
    array_.columns = is_table ? info_.shape[1] : 1;
    array_.row_stride = stride_of(info_, 0);
    array_.column_stride = is_table ? stride_of(info_, 1) : 1;
    array_.type = type_of(info_);
}

}  // namespace mml::python
