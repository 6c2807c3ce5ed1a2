// SPDX-License-Identifier: Apache-2.0
#include <pybind11/stl.h>
#include <string>

#include "handles.hpp"
#include "options.hpp"
#include "progress.hpp"

namespace py = pybind11;
using moodleml::Report;

namespace mml::python {

namespace {

Report evaluate(const moodleml::Model& model, const moodleml::Dataset& dataset, const Options& options,
                const py::object& progress) {
    const moodleml::Config config = config_of(options);
    const moodleml::Progress callback = progress_of(progress);
    const py::gil_scoped_release without_gil;
    return Report::evaluate(model, dataset, config, callback);
}

Report cross_validate(const moodleml::Dataset& dataset, const Options& options, const py::object& progress) {
    const moodleml::Config config = config_of(options);
    const moodleml::Progress callback = progress_of(progress);
    const py::gil_scoped_release without_gil;
    return Report::cross_validate(dataset, config, callback);
}

Report from_json(const std::string& text) {
    const py::gil_scoped_release without_gil;
    return Report::from_json(text);
}

std::string render(const Report& report, const std::string& format, const Options& options) {
    const moodleml::Config config = config_of(options);
    const py::gil_scoped_release without_gil;
    return report.render(format, config);
}

}  // namespace

void add_report(py::module_& module) {
    using py::operator""_a;
    py::class_<Report>(module, "Report", "Named evaluation results.")
        .def_static("evaluate", evaluate, "model"_a, "dataset"_a, "options"_a, "progress"_a = py::none())
        .def_static("cross_validate", cross_validate, "dataset"_a, "options"_a, "progress"_a = py::none())
        .def_static("from_json", from_json, "text"_a)
        .def("metric", &Report::metric, "name"_a)
        .def("render", render, "format"_a, "options"_a)
        .def_property_readonly("json", &Report::json);
}

}  // namespace mml::python
