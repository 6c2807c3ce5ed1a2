// SPDX-License-Identifier: Apache-2.0
#include "ranks.hpp"

namespace py = pybind11;

namespace mml::python {

namespace {

template <typename Number>
py::memoryview view_of(void* values, std::size_t count) {
    return py::memoryview::from_buffer(static_cast<Number*>(values), {static_cast<py::ssize_t>(count)}, {sizeof(Number)});
}

}  // namespace

RankGroup::RankGroup(const py::object& ranks) {
    if (ranks.is_none()) return;
    all_reduce_ = ranks.attr("all_reduce");
    rank_ = ranks.attr("rank").cast<std::int32_t>();
    size_ = ranks.attr("size").cast<std::int32_t>();
}

void RankGroup::join(moodleml::Config& config) {
    if (!all_reduce_) return;
    const mml_all_reduce_fn reduce = [](void* values, size_t count, mml_data_type type, mml_operation operation,
                                        void* group) {
        return static_cast<RankGroup*>(group)->reduce(values, count, type, operation);
    };
    config.set_ranks(rank_, size_, reduce, this);
}

void RankGroup::rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
}

// The training itself runs without the GIL.
std::int32_t RankGroup::reduce(void* values, std::size_t count, mml_data_type type, mml_operation operation) noexcept {
    const py::gil_scoped_acquire gil;
    try {
        const py::memoryview view = type == MML_FLOAT32 ? view_of<float>(values, count) : view_of<double>(values, count);
        all_reduce_(view, operation == MML_SUM ? "sum" : "maximum");
        view.attr("release")();
        return 0;
    } catch (...) {
        failure_ = std::current_exception();
        return MML_IO;
    }
}

}  // namespace mml::python
