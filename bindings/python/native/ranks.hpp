// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <moodleml/moodleml.hpp>
#include <pybind11/pybind11.h>

namespace mml::python {

/// The processes of a training, from Python: an object with `rank`, `size` and `all_reduce`. That function gets a writable
/// memoryview of float32 or float64, which ends with the call, and "sum" or "maximum". None stands for one process.
class RankGroup {
public:
    explicit RankGroup(const pybind11::object& ranks);
    /// Lets a training with this config use the group, which must stay.
    void join(moodleml::Config& config);
    /// Rethrows what all_reduce raised, if it did. Needs the GIL.
    void rethrow() const;

private:
    std::int32_t reduce(void* values, std::size_t count, mml_data_type type, mml_operation operation) noexcept;

    pybind11::object all_reduce_;
    std::int32_t rank_ = 0;
    std::int32_t size_ = 1;
    std::exception_ptr failure_;
};

}  // namespace mml::python
