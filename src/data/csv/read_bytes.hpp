// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <span>

namespace mml {

/// Reads up to so many bytes; 0 only at the end.
using ReadBytes = std::function<std::size_t(std::span<char>)>;

}  // namespace mml
