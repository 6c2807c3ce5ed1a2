// SPDX-License-Identifier: Apache-2.0
#include "library.hpp"

#include <moodleml/moodleml.hpp>
#include <pybind11/stl.h>
#include <string>

namespace py = pybind11;

namespace mml::python {

void add_library(py::module_& module) {
    if (!moodleml::abi_fits()) {
        throw py::import_error("libmoodleml " + moodleml::version() +
                               " does not fit this Python package: install both again");
    }
    module.def("version", moodleml::version, "Version of the library, such as \"1.2.0\".");
    module.def("abi_version", moodleml::abi_version, "ABI of the library, major * 1000 + minor.");
    module.def("build_info", moodleml::build_info, "JSON for bug reports.");
    module.def("options", moodleml::options,
               "JSON on each option: name, type, minimum, maximum, choices, default, group, help.");
}

}  // namespace mml::python
