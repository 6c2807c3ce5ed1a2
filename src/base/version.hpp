// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mml {

/// Version of the library, such as "1.2.0".
const char* library_version();

}  // namespace mml
