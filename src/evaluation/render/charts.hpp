// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"

namespace mml::render {

struct Chart {
    std::string heading;
    std::string image;    ///< an <svg> element
    std::string caption;  ///< how to read it; plain text
};

/// The charts that the report has data for.
std::vector<Chart> charts(const Json& report);

Chart roc_chart(const Json& report);
Chart precision_recall_chart(const Json& report);
Chart gains_chart(const Json& report);
Chart reliability_chart(const Json& report);

/// What a reliability chart is made of.
struct Reliability {
    const Json& points;             ///< [mean probability, frequency, share of the rows, ...]
    std::string class_name;         ///< whose probability that is; empty: the predicted class's
    std::string calibration_error;  ///< in digits
    std::string id;                 ///< of the image in the page
};
Chart chart_of(const Reliability& reliability);

/// The chart with its heading and caption in HTML.
std::string figure(const Chart& chart);

Chart estimates_chart(const Json& report);
Chart learning_chart(const Json& report);
Chart confusion_chart(const Json& report);

/// How the answer changes along the most important columns of numbers.
std::vector<Chart> effect_charts(const Json& report);

/// Whether the report can have the chart.
bool has_roc(const Json& report);

}  // namespace mml::render
