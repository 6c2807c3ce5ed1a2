// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pybind11/pybind11.h>

namespace mml::python {

/// Adds the exceptions Error, InputError, FileError and Cancelled to a module and raises them for what the library fails at,
/// each with the attributes `status` (an mml_status) and `name` (such as "MML_BUSY"). Once a module.
void add_errors(pybind11::module_& module);

}  // namespace mml::python
