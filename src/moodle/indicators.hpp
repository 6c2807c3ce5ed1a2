// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace mml {

/// The indicator that a column of a Moodle file belongs to, by its name: the class name before the first "/", as in
/// "\\core\\analytics\\indicator\\any_access_after_end/mean". "range/1", "range/2", ... are one: "range". Any other name is
/// its own.
std::string indicator_of(const std::string& column);

}  // namespace mml
