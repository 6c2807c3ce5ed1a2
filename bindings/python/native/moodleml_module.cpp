// SPDX-License-Identifier: Apache-2.0
// moodleml._native: what the package moodleml calls of the library.
#include <pybind11/pybind11.h>

#include "errors.hpp"
#include "library.hpp"
#include "progress.hpp"

PYBIND11_MODULE(_native, module) {
    using namespace mml::python;
    module.doc() = "The library as the package moodleml needs it; not for others.";
    add_errors(module);
    add_progress(module);
    add_library(module);
}
