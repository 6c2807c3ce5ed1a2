// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/supervisor.hpp"
#include "status_of.hpp"

namespace mml_test {

/// Whether work(supervisor) ends with Error(cancelled) where the callback asks for it the first time that it is due.
template <typename Work>
bool stops_early(Work work) {
    mml::Supervisor supervisor({1, 0, [](const mml::ProgressReport&) { return false; }});
    return status_of([&] { work(supervisor); }) == mml::Status::cancelled;
}

}  // namespace mml_test
