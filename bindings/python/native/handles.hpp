// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pybind11/pybind11.h>

namespace mml::python {

/// Each adds one class of moodleml.hpp to a module; the later ones take objects of the earlier.
void add_dataset(pybind11::module_& module);
void add_model(pybind11::module_& module);
void add_predictor(pybind11::module_& module);
void add_report(pybind11::module_& module);

}  // namespace mml::python
