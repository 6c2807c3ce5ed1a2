// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <moodleml/moodleml.hpp>
#include <pybind11/pybind11.h>

namespace mml::python {

/// Adds the class Progress, which callbacks are given, to a module.
void add_progress(pybind11::module_& module);

/// A callback for a long call that runs without the GIL: it lets Python's signal handlers run, so that Ctrl-C stops the
/// call, and tells `callback`, which may be None. What that raises stops the call and is raised by it; returning False
/// cancels it.
moodleml::Progress progress_of(const pybind11::object& callback);

}  // namespace mml::python
