// SPDX-License-Identifier: Apache-2.0
#include "evaluation/kept_report.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"

namespace mml {

namespace {

constexpr double fewest_rows_of_point = 10;

// Of each entry these fields, where it has them.
Json fields_of(const Json& entries, std::initializer_list<const char*> names) {
    Json kept = Json::object();
    if (!entries.is_object()) return kept;
    for (const auto& [entry, found] : entries.items()) {
        Json& fields = kept[entry] = Json::object();
        for (const char* name : names) {
            if (const Json* const value = found.find(name)) fields[name] = *value;
        }
    }
    return kept;
}

double tested_rows(const Json& report) {
    double rows = 0;
    for (const Json& iteration : report.at("iterations")) rows += iteration.at("test_rows").get<double>();
    return rows;
}

// A report has [mean probability, frequency, share of the rows] of each bin.
Json joined_points(const Json& bins, double rows) {
    Json points = Json::array();
    double stated = 0, happened = 0, share = 0;
    const auto take = [&] { points.push_back(Json::array({stated / share, happened / share, share})); };
    for (const Json& bin : bins) {
        const auto part = bin[2].get<double>();
        stated += part * bin[0].get<double>();
        happened += part * bin[1].get<double>();
        share += part;
        if (share * rows < fewest_rows_of_point) continue;
        take();
        stated = happened = share = 0;
    }
    return points;
}

void require_same_task(const Model& model, const Json& report) {
    const char* const task = task_name(model.task());
    if (report.at("task") != Json(task))
        fail(Status::mismatch, concat("the report is on a ", report.at("task").get<std::string>(), ", the model is for ",
                                      task, ": give a report on this model"));
    for (const Json& entry : report.at("classes")) {
        const auto name = entry.at("name").get<std::string>();
        const auto& known = model.class_names();
        if (std::ranges::find(known, name) == known.end())
            fail(Status::mismatch,
                 concat("the report has class ", quote(name), ", the model does not: give a report on ", "this model"));
    }
}

}  // namespace

Json kept_report(const Json& report) {
    const Json& curves = report.at("curves");
    const Json* const bins = curves.find("reliability");
    const Json* const groups = report.find("groups");
    Json kept;
    kept["kind"] = report.at("kind");
    kept["rows"] = report.at("rows");
    kept["iterations"] = report.at("iterations").size();
    kept["verdict"] = report.at("verdict");
    kept["metrics"] = fields_of(report.at("metrics"), {"value", "interval", "baseline"});
    kept["calibration"] = bins == nullptr ? Json::array() : joined_points(*bins, tested_rows(report));
    kept["gaps"] = fields_of(groups != nullptr && groups->is_object() ? groups->at("gaps") : Json::object(),
                             {"value", "interval", "label"});
    kept["version"] = report.at("version");
    return kept;
}

Model with_report(const Model& model, const Json& report) {
    require_same_task(model, report);
    Json description = model.description();
    description["evaluation"] = kept_report(report);
    return model.described_by(std::move(description));
}

}  // namespace mml
