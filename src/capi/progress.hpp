// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/supervisor.hpp"
#include "config/config.hpp"
#include "moodleml/moodleml.h"

namespace mml::capi {

/// The caller's callback as the core calls it; empty for NULL.
ProgressCallback progress_callback(mml_progress_fn progress, void* user);

/// What a long call of moodleml.h asks of its supervisor.
Supervisor::Settings supervision(const Config& config, mml_progress_fn progress, void* user);

/// Tells the callback that the work is done, which is its last chance to stop the call.
void finish(Supervisor& supervisor);

}  // namespace mml::capi
