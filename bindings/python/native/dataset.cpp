// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <filesystem>
#include <optional>
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>
#include <string>
#include <tuple>
#include <vector>

#include "arrays.hpp"
#include "handles.hpp"
#include "options.hpp"

namespace py = pybind11;
using moodleml::Dataset;

namespace mml::python {

namespace {

Dataset from_csv(const std::filesystem::path& path, const Options& options) {
    const moodleml::Config config = config_of(options);
    const py::gil_scoped_release without_gil;
    return Dataset::from_csv(path.native(), config);
}

Dataset from_array(const py::buffer& values) {
    const ArrayView view(values);
    const py::gil_scoped_release without_gil;
    return Dataset::from_array(view.array());
}

// A column: its name, cells, type (mml_column_type) and levels.
using Column = std::tuple<std::string, py::buffer, std::int32_t, std::vector<std::string>>;

Dataset from_columns(const std::vector<Column>& columns) {
    std::vector<ArrayView> views;
    std::vector<std::vector<const char*>> levels;
    std::vector<mml_column> list;
    for (const auto& [name, cells, type, texts] : columns) {
        views.emplace_back(cells);
        std::vector<const char*>& pointers = levels.emplace_back();
        for (const std::string& text : texts) pointers.push_back(moodleml::detail::c_text(text));
        list.push_back(
            {moodleml::detail::c_text(name), views.back().array(), type, static_cast<std::int32_t>(texts.size()), nullptr});
    }
    for (std::size_t i = 0; i < list.size(); ++i) list[i].levels = levels[i].data();
    const py::gil_scoped_release without_gil;
    return Dataset::from_columns(list);
}

// Whatever offers the Arrow C stream interface. Its producer may be Python's, so the lock is kept.
Dataset from_arrow(const py::object& table, const Options& options) {
    const moodleml::Config config = config_of(options);
    const py::capsule capsule = table.attr("__arrow_c_stream__")();
    auto* const stream = static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule.ptr(), "arrow_array_stream"));
    if (stream == nullptr) throw py::error_already_set();
    return Dataset::from_arrow(*stream, config);
}

Dataset from_csr(std::int64_t columns, const py::buffer& row_starts, const py::buffer& column_indices,
                 const py::buffer& values) {
    const ArrayView starts(row_starts);
    const ArrayView indices(column_indices);
    const ArrayView cells(values);
    const py::gil_scoped_release without_gil;
    return Dataset::from_csr(columns, starts.array(), indices.array(), cells.array());
}

void set_classes(Dataset& dataset, const py::buffer& indices, const std::vector<std::string>& names) {
    const ArrayView view(indices);
    const py::gil_scoped_release without_gil;
    dataset.set_classes(view.array(), names);
}

void set_target(Dataset& dataset, const py::buffer& values) {
    const ArrayView view(values);
    const py::gil_scoped_release without_gil;
    dataset.set_target(view.array());
}

void set_weights(Dataset& dataset, const py::buffer& weights) {
    const ArrayView view(weights);
    const py::gil_scoped_release without_gil;
    dataset.set_weights(view.array());
}

void set_groups(Dataset& dataset, const py::buffer& indices, const std::vector<std::string>& names) {
    const ArrayView view(indices);
    const py::gil_scoped_release without_gil;
    dataset.set_groups(view.array(), names);
}

void set_times(Dataset& dataset, const py::buffer& times) {
    const ArrayView view(times);
    const py::gil_scoped_release without_gil;
    dataset.set_times(view.array());
}

void values(const Dataset& dataset, const py::buffer& out) {
    const Cells<float> cells(out, true);
    const py::gil_scoped_release without_gil;
    dataset.values(cells.data(), cells.size());
}

void target(const Dataset& dataset, const py::buffer& out) {
    const Cells<double> cells(out, true);
    const py::gil_scoped_release without_gil;
    dataset.target(cells.data(), cells.size());
}

std::optional<std::vector<std::string>> row_ids(const Dataset& dataset) {
    if (!dataset.has_row_ids()) return std::nullopt;
    std::vector<std::string> ids;
    for (std::int64_t row = 0; row < dataset.rows(); ++row) ids.push_back(dataset.row_id(row));
    return ids;
}

}  // namespace

void add_dataset(py::module_& module) {
    using py::operator""_a;
    py::class_<Dataset>(module, "Dataset", "A table of samples; holds a copy of what it is made from.")
        .def_static("from_csv", from_csv, "path"_a, "options"_a)
        .def_static("from_array", from_array, "values"_a)
        .def_static("from_columns", from_columns, "columns"_a)
        .def_static("from_arrow", from_arrow, "table"_a, "options"_a)
        .def_static("from_csr", from_csr, "columns"_a, "row_starts"_a, "column_indices"_a, "values"_a)
        .def("set_classes", set_classes, "indices"_a, "names"_a)
        .def("set_target", set_target, "values"_a)
        .def("set_weights", set_weights, "weights"_a)
        .def("set_groups", set_groups, "indices"_a, "names"_a)
        .def("set_times", set_times, "times"_a)
        .def("select", &Dataset::select, "rows"_a)
        .def("set_column_names", &Dataset::set_column_names, "names"_a)
        .def("values", values, "out"_a)
        .def("target", target, "out"_a)
        .def_property_readonly("rows", &Dataset::rows)
        .def_property_readonly("columns", &Dataset::columns)
        .def_property_readonly("task", &Dataset::task)
        .def_property_readonly("column_names", &Dataset::column_names)
        .def_property_readonly("class_names", &Dataset::class_names)
        .def_property_readonly("row_ids", row_ids)
        .def_property_readonly("json", &Dataset::json);
}

}  // namespace mml::python
