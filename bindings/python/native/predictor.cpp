// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <pybind11/stl.h>
#include <string>
#include <vector>

#include "arrays.hpp"
#include "handles.hpp"
#include "options.hpp"

namespace py = pybind11;
using moodleml::Predictor;

namespace mml::python {

namespace {

Predictor make_predictor(const moodleml::Model& model, const std::vector<std::string>& columns, const Options& options) {
    const moodleml::Config config = config_of(options);
    const py::gil_scoped_release without_gil;
    return {model, columns, config};
}

void predict_rows(const Predictor& predictor, const py::buffer& values, const py::buffer& out) {
    const ArrayView view(values);
    const auto write = [&](const auto& scores) {
        const py::gil_scoped_release without_gil;
        predictor.predict(view.array(), scores.data(), scores.size());
    };
    if (out.request().format == py::format_descriptor<double>::format()) {
        write(Cells<double>(out, true));
    } else {
        write(Cells<float>(out, true));
    }
}

void predict_csr(const Predictor& predictor, const py::buffer& row_starts, const py::buffer& column_indices,
                 const py::buffer& values, const py::buffer& out) {
    const ArrayView starts(row_starts);
    const ArrayView indices(column_indices);
    const ArrayView cells(values);
    const Cells<float> scores(out, true);
    const py::gil_scoped_release without_gil;
    predictor.predict_csr(starts.array(), indices.array(), cells.array(), scores.data(), scores.size());
}

void decide_rows(const Predictor& predictor, const py::buffer& values, const py::buffer& out) {
    const ArrayView view(values);
    const Cells<std::int32_t> classes(out, true);
    const py::gil_scoped_release without_gil;
    predictor.decide(view.array(), classes.data(), nullptr, classes.size());
}

}  // namespace

void add_predictor(py::module_& module) {
    using py::operator""_a;
    py::class_<Predictor>(module, "Predictor", "A model made ready for single rows.")
        .def(py::init(&make_predictor), "model"_a, "columns"_a, "options"_a)
        .def("predict", predict_rows, "values"_a, "out"_a)
        .def("predict_csr", predict_csr, "row_starts"_a, "column_indices"_a, "values"_a, "out"_a)
        .def("decide", decide_rows, "values"_a, "out"_a);
}

}  // namespace mml::python
