// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace mml::render {

struct Chart {
    std::string heading;
    std::string image;    ///< an <svg> element
    std::string caption;  ///< how to read it; plain text
};

/// The charts that the report has data for.
std::vector<Chart> charts(const nlohmann::ordered_json& report);

Chart roc_chart(const nlohmann::ordered_json& report);
Chart precision_recall_chart(const nlohmann::ordered_json& report);
Chart reliability_chart(const nlohmann::ordered_json& report);
Chart estimates_chart(const nlohmann::ordered_json& report);
Chart learning_chart(const nlohmann::ordered_json& report);
Chart confusion_chart(const nlohmann::ordered_json& report);

/// Whether the report can have the chart.
bool has_roc(const nlohmann::ordered_json& report);

}  // namespace mml::render
