// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "config/config.hpp"

namespace mml {

/// Names of the formats that render_report() knows.
std::vector<std::string> report_formats();

/// A report (Report::json) as a page to read: "html", one file that needs no other and no script, "markdown", or
/// "text" for a terminal, which leaves out charts, classes, members and data. The same
/// report gives the same bytes. By options min_score and max_deviation it tells whether Moodle would accept the model.
/// Throws Error(not_found) for another format.
std::string render_report(const Json& report, std::string_view format, const Config& config);

/// The ROC curve as an SVG file; empty where the report has none (regression, one class).
std::string roc_curve_svg(const Json& report);

}  // namespace mml
