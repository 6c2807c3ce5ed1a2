// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pybind11/pybind11.h>

namespace mml::python {

/// Adds the functions version, abi_version, build_info and options to a module; fails where the library loaded is too old
/// for it.
void add_library(pybind11::module_& module);

}  // namespace mml::python
