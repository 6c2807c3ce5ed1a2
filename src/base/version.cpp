// SPDX-License-Identifier: Apache-2.0
#include "base/version.hpp"

namespace mml {

const char* library_version() { return MOODLEML_VERSION; }

}  // namespace mml
