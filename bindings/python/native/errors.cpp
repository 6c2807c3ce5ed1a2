// SPDX-License-Identifier: Apache-2.0
#include "errors.hpp"

#include <exception>
#include <moodleml/moodleml.hpp>
#include <new>
#include <string>

namespace py = pybind11;

namespace mml::python {

namespace {

// What a module's exceptions are; they live as long as the interpreter.
struct ErrorTypes {
    py::handle error;
    py::handle input;
    py::handle file;
    py::handle cancelled;
};
ErrorTypes types;

py::handle make_type(py::module_& module, const char* name, const py::tuple& bases, const char* description) {
    const std::string full_name = module.attr("__name__").cast<std::string>() + "." + name;
    PyObject* type = PyErr_NewExceptionWithDoc(full_name.c_str(), description, bases.ptr(), nullptr);
    if (type == nullptr) throw py::error_already_set();
    module.add_object(name, type);
    return type;
}

py::handle type_of(mml_status status) {
    switch (status) {
        case MML_INVALID_ARGUMENT:
        case MML_UNKNOWN_OPTION:
        case MML_BAD_DATA:
        case MML_NOT_ENOUGH_DATA:
        case MML_MISMATCH: return types.input;
        case MML_IO: return types.file;
        case MML_CANCELLED: return types.cancelled;
        case MML_OUT_OF_MEMORY: return PyExc_MemoryError;
        default: return types.error;
    }
}

void raise(const moodleml::Error& error) {
    const py::object exception = py::reinterpret_borrow<py::object>(type_of(error.status()))(error.what());
    exception.attr("status") = error.status();
    exception.attr("name") = moodleml::status_name(error.status());
    PyErr_SetObject(py::type::of(exception).ptr(), exception.ptr());
}

// NOLINTNEXTLINE(performance-unnecessary-value-param): pybind11 takes it by value
void translate(std::exception_ptr thrown) {
    try {
        if (thrown) std::rethrow_exception(thrown);
    } catch (const moodleml::Error& error) {
        raise(error);
    }
}

}  // namespace

void add_errors(py::module_& module) {
    const auto exception = py::reinterpret_borrow<py::object>(PyExc_Exception);
    const auto value_error = py::reinterpret_borrow<py::object>(PyExc_ValueError);
    const auto os_error = py::reinterpret_borrow<py::object>(PyExc_OSError);
    types.error = make_type(module, "Error", py::make_tuple(exception),
                            "What the library failed at; `status` is its mml_status, `name` the name of that.");
    types.input = make_type(module, "InputError", py::make_tuple(types.error, value_error),
                            "An argument, an option or data that the library does not take.");
    types.file = make_type(module, "FileError", py::make_tuple(types.error, os_error), "A file cannot be read or written.");
    types.cancelled =
        make_type(module, "Cancelled", py::make_tuple(types.error), "A callback asked to stop; nothing was made.");
    py::register_local_exception_translator(translate);
}

}  // namespace mml::python
