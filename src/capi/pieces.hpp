// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "moodleml/moodleml.h"

namespace mml::capi {

/// Calls `write` for the bytes, a piece after the other. Throws Error(cancelled) where it asks to stop; the message calls
/// the bytes `what`.
void hand_pieces(std::string_view bytes, mml_write_fn write, void* user, const char* what);

}  // namespace mml::capi
