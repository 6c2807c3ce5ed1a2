// SPDX-License-Identifier: Apache-2.0
#include "progress.hpp"

namespace py = pybind11;

namespace mml::python {

namespace {

py::tuple state_of(const mml_progress& progress) {
    return py::make_tuple(progress.fraction, progress.phase, progress.step, progress.steps, progress.training_loss,
                          progress.validation_loss);
}

mml_progress progress_of_state(const py::tuple& state) {
    if (state.size() != 6) throw py::value_error("this is not a Progress of this version of the package");
    mml_progress progress{};
    progress.struct_size = sizeof progress;
    progress.fraction = state[0].cast<double>();
    progress.phase = state[1].cast<std::int32_t>();
    progress.step = state[2].cast<std::int32_t>();
    progress.steps = state[3].cast<std::int32_t>();
    progress.training_loss = state[4].cast<double>();
    progress.validation_loss = state[5].cast<double>();
    return progress;
}

}  // namespace

void add_progress(py::module_& module) {
    py::class_<mml_progress>(module, "Progress", py::module_local(), "How far a long call is.")
        .def_readonly("fraction", &mml_progress::fraction, "Of the whole call, 0 to 1, never falling.")
        .def_readonly("phase", &mml_progress::phase,
                      "1 reading, 2 preparing, 3 training, 4 calibrating, 5 evaluating, 6 saving.")
        .def_readonly("step", &mml_progress::step, "Epoch, tree or split of `steps`.")
        .def_readonly("steps", &mml_progress::steps, "0 if steps are not counted.")
        .def_readonly("training_loss", &mml_progress::training_loss, "NaN if there is none.")
        .def_readonly("validation_loss", &mml_progress::validation_loss, "NaN if there is none.")
        .def(py::pickle([](const mml_progress& progress) { return state_of(progress); },
                        [](const py::tuple& state) { return progress_of_state(state); }))
        .def("__copy__", [](const mml_progress& progress) { return progress; })
        .def("__deepcopy__", [](const mml_progress& progress, const py::dict& /*memo*/) { return progress; });
}

moodleml::Progress progress_of(const py::object& callback) {
    return [callback](const mml_progress& progress) {
        const py::gil_scoped_acquire gil;
        if (PyErr_CheckSignals() != 0) throw py::error_already_set();
        if (callback.is_none()) return true;
        return !callback(py::cast(progress, py::return_value_policy::copy)).is(py::bool_(false));
    };
}

}  // namespace mml::python
