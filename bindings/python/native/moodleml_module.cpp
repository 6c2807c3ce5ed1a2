// SPDX-License-Identifier: Apache-2.0
// moodleml._native: the library's handles as the package moodleml needs them. Arrays come and go by the buffer protocol, so
// nothing here depends on numpy's own interface.
#include <pybind11/pybind11.h>

#include "errors.hpp"
#include "handles.hpp"
#include "library.hpp"
#include "progress.hpp"

PYBIND11_MODULE(_native, module) {
    using namespace mml::python;
    module.doc() = "Handles of the library, for the package moodleml alone.";
    add_errors(module);
    add_progress(module);
    add_library(module);
    add_dataset(module);
    add_model(module);
    add_predictor(module);
    add_report(module);
}
