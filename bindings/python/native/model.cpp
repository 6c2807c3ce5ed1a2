// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <filesystem>
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>
#include <string>
#include <string_view>

#include "arrays.hpp"
#include "handles.hpp"
#include "options.hpp"
#include "progress.hpp"
#include "ranks.hpp"

namespace py = pybind11;
using moodleml::Dataset;
using moodleml::Model;

namespace mml::python {

namespace {

Model train(const Dataset& dataset, const Options& options, const Model* start, const py::object& progress,
            const py::object& ranks) {
    moodleml::Config config = config_of(options);
    RankGroup group(ranks);
    group.join(config);
    const moodleml::Progress callback = progress_of(progress);
    try {
        const py::gil_scoped_release without_gil;
        return Model::train(dataset, config, callback, start);
    } catch (const moodleml::Error&) {
        group.rethrow();
        throw;
    }
}

Model load(const std::filesystem::path& path, const Options& options, const py::object& progress) {
    const moodleml::Config config = config_of(options);
    const moodleml::Progress callback = progress_of(progress);
    const py::gil_scoped_release without_gil;
    return Model::load(path.native(), config, callback);
}

Model from_bytes(const py::bytes& bytes, const Options& options, const py::object& progress) {
    const std::string_view view = bytes;
    const moodleml::Config config = config_of(options);
    const moodleml::Progress callback = progress_of(progress);
    const py::gil_scoped_release without_gil;
    return Model::from_bytes(view.data(), view.size(), config, callback);
}

void save(const Model& model, const std::filesystem::path& path) {
    const py::gil_scoped_release without_gil;
    model.save(path.native());
}

py::bytes to_bytes(const Model& model) {
    std::string all;
    {
        const py::gil_scoped_release without_gil;
        all = model.bytes();
    }
    return py::bytes(all);
}

// Scores of the buffer's kind: float32 or float64.
template <typename Rows>
void predict_into(const Model& model, const Rows& rows, const py::buffer& out, const moodleml::Config& config) {
    const auto write = [&](const auto& scores) {
        const py::gil_scoped_release without_gil;
        model.predict(rows, scores.data(), scores.size(), config);
    };
    if (out.request().format == py::format_descriptor<double>::format()) {
        write(Cells<double>(out, true));
    } else {
        write(Cells<float>(out, true));
    }
}

void predict(const Model& model, const Dataset& dataset, const py::buffer& out, const Options& options) {
    predict_into(model, dataset, out, config_of(options));
}

void predict_array(const Model& model, const py::buffer& values, const py::buffer& out, const Options& options) {
    const ArrayView view(values);
    predict_into(model, view.array(), out, config_of(options));
}

void decide(const Model& model, const py::buffer& scores, const py::buffer& out) {
    const Cells<float> probabilities(scores);
    const Cells<std::int32_t> classes(out, true);
    const auto rows = static_cast<std::int64_t>(classes.size());
    if (probabilities.size() != classes.size() * static_cast<std::size_t>(model.outputs()))
        throw py::value_error("the scores do not fill rows of as many as the model has classes");
    const py::gil_scoped_release without_gil;
    model.decide(probabilities.data(), rows, classes.data(), nullptr, classes.size());
}

std::string drift(const Model& model, const Dataset& dataset, const Options& options) {
    const moodleml::Config config = config_of(options);
    const py::gil_scoped_release without_gil;
    return model.drift(dataset, config);
}

void explain(const Model& model, const Dataset& dataset, const py::buffer& out, const Options& options,
             const py::object& progress) {
    const moodleml::Config config = config_of(options);
    const moodleml::Progress callback = progress_of(progress);
    const Cells<double> contributions(out, true);
    const py::gil_scoped_release without_gil;
    model.explain(dataset, contributions.data(), contributions.size(), config, callback);
}

}  // namespace

void add_model(py::module_& module) {
    using py::operator""_a;
    module.def(
        "check_options", [](const Options& options) { config_of(options); }, "options"_a);
    py::class_<Model>(module, "Model", "A trained model.")
        .def_static("train", train, "dataset"_a, "options"_a, "start"_a = nullptr, "progress"_a = py::none(),
                    "ranks"_a = py::none())
        .def_static("load", load, "path"_a, "options"_a, "progress"_a = py::none())
        .def_static("from_bytes", from_bytes, "bytes"_a, "options"_a, "progress"_a = py::none())
        .def("save", save, "path"_a)
        .def("to_bytes", to_bytes)
        .def("predict", predict, "dataset"_a, "out"_a, "options"_a)
        .def("predict_array", predict_array, "values"_a, "out"_a, "options"_a)
        .def("decide", decide, "scores"_a, "out"_a)
        .def_property_readonly("decision", &Model::decision)
        .def_property_readonly("offsets", &Model::offsets)
        .def("explain", explain, "dataset"_a, "out"_a, "options"_a, "progress"_a = py::none())
        .def("drift", drift, "dataset"_a, "options"_a)
        .def("card", &Model::card, "format"_a)
        .def("with_report", &Model::with_report, "report"_a)
        .def_property_readonly("task", &Model::task)
        .def_property_readonly("inputs", &Model::inputs)
        .def_property_readonly("outputs", &Model::outputs)
        .def_property_readonly("input_names", &Model::input_names)
        .def_property_readonly("class_names", &Model::class_names)
        .def_property_readonly("json", &Model::json);
}

}  // namespace mml::python
