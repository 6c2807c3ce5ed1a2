// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "evaluation/report.hpp"

namespace mml {

/// What a report answers by name, of its "metrics": each metric, its deviation, baseline, the ends of its interval and,
/// of metrics of answers, the value for the most probable class; NaN
/// for null. Throws std::logic_error where something is absent or of another type.
std::map<std::string, double> named_numbers(const Json& metrics);

/// The report whose Json::dump() the text is. Throws Error(bad_data) for any other text, also of a report that lacks what
/// its pages need.
Report report_from_json(std::string_view text);

}  // namespace mml
