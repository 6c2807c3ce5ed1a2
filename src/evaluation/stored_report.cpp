// SPDX-License-Identifier: Apache-2.0
#include "evaluation/stored_report.hpp"

#include <limits>
#include <optional>
#include <stdexcept>
#include <utility>

#include "base/error.hpp"
#include "base/text.hpp"
#include "config/config.hpp"
#include "evaluation/render/render.hpp"

namespace mml {

namespace {

double number_or_nan(const Json& json) {
    return json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
}

// Pages are made of the JSON alone: what makes them all can make them again.
Report checked_report(Json json) {
    Report report;
    report.metrics = named_numbers(json.at("metrics"));
    for (const std::string& format : report_formats()) render_report(json, format, Config());
    report.json = std::move(json);
    return report;
}

[[noreturn]] void refuse(std::string_view reason) {
    fail(Status::bad_data, concat("this is not a report of this version of the library (", reason,
                                  "): give the JSON that a report of it has, whole"));
}

}  // namespace

std::map<std::string, double> named_numbers(const Json& metrics) {
    std::map<std::string, double> numbers;
    for (const auto& [name, metric] : metrics.items()) {
        const Json& interval = metric.at("interval");
        numbers[name] = number_or_nan(metric.at("value"));
        numbers[name + "_deviation"] = number_or_nan(metric.at("deviation"));
        numbers["baseline_" + name] = number_or_nan(metric.at("baseline"));
        if (const Json* const probable = metric.find("probable")) numbers["probable_" + name] = number_or_nan(*probable);
        numbers[name + "_low"] = number_or_nan(interval.is_null() ? interval : interval[0]);
        numbers[name + "_high"] = number_or_nan(interval.is_null() ? interval : interval[1]);
    }
    return numbers;
}

Report report_from_json(std::string_view text) {
    std::optional<Json> json = Json::parse(text);
    if (!json) refuse("no JSON");
    const Json* const schema = json->find("schema");
    if (schema == nullptr || *schema != Json(1)) refuse("no schema 1");
    try {
        return checked_report(std::move(*json));
    } catch (const std::logic_error& error) {
        refuse(error.what());
    }
}

}  // namespace mml
