// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <moodleml/moodleml.hpp>
#include <pybind11/pybind11.h>

namespace mml::python {

/// float32, float64, int32 or int64, as the elements are; TypeError for others.
mml_data_type type_of(const pybind11::buffer_info& info);

/// A view of what an object with the buffer protocol (a numpy array) holds: one or two dimensions of float32, float64, int32
/// or int64, any strides that are whole elements. Nothing is copied; the object must live as long as this.
class ArrayView {
public:
    explicit ArrayView(const pybind11::buffer& buffer);
    const mml_array& array() const { return array_; }

private:
    pybind11::buffer_info info_;
    mml_array array_{};
};

/// Cells that lie one after the other in a buffer of this type, for calls that take a pointer.
template <typename Cell>
class Cells {
public:
    explicit Cells(const pybind11::buffer& buffer, bool writable = false) : info_(buffer.request(writable)) {
        if (type_of(info_) != moodleml::detail::data_type<Cell>() || info_.ndim != 1 ||
            (info_.size > 1 && info_.strides[0] != sizeof(Cell)))
            throw pybind11::type_error("a contiguous vector of " + pybind11::format_descriptor<Cell>::format() +
                                       " is needed");
    }
    Cell* data() const { return static_cast<Cell*>(info_.ptr); }
    std::size_t size() const { return static_cast<std::size_t>(info_.size); }

private:
    pybind11::buffer_info info_;
};

}  // namespace mml::python
