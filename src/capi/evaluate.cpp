// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "capi/guard.hpp"
#include "capi/handles.hpp"
#include "capi/pieces.hpp"
#include "capi/progress.hpp"
#include "evaluation/render/render.hpp"
#include "evaluation/report.hpp"
#include "evaluation/stored_report.hpp"
#include "moodle/indicators.hpp"

using namespace mml;
using namespace mml::capi;

namespace {

void hand_over_report(mml_report** out, Report report) {
    std::string json = report.json.dump();
    hand_over(out, std::make_unique<mml_report>(mml_report{std::move(report), std::move(json)}));
}

[[noreturn]] void refuse_metric(const mml_report& report, std::string_view name) {
    std::vector<std::string> names;
    for (const auto& [metric, value] : report.report.metrics) names.push_back(metric);
    fail(Status::not_found, concat("no metric is called ", mml::quote(name), ": there are ", quoted_list(names, 60)));
}

}  // namespace

mml_status mml_evaluate(mml_report** out, const mml_model* model, const mml_dataset* dataset, const mml_config* config,
                        mml_progress_fn progress, void* user) {
    return guarded([&] {
        given(out, "out");
        const Model& rated = *given(model, "model").model;
        const Dataset& data = labelled(dataset);
        const Config options = options_of_one_rank(config);
        Supervisor supervisor(supervision(options, progress, user));
        Report report = evaluate(rated, data, options, Progress(supervisor), indicator_of);
        finish(supervisor);
        hand_over_report(out, std::move(report));
    });
}

mml_status mml_cross_validate(mml_report** out, const mml_dataset* dataset, const mml_config* config,
                              mml_progress_fn progress, void* user) {
    return guarded([&] {
        given(out, "out");
        const Dataset& data = labelled(dataset);
        const Config options = options_of_one_rank(config);
        Supervisor supervisor(supervision(options, progress, user));
        Report report = cross_validate(data, options, Progress(supervisor), RareClasses::reported, indicator_of);
        finish(supervisor);
        hand_over_report(out, std::move(report));
    });
}

mml_status mml_report_metric(const mml_report* report, const char* name, double* out) {
    return guarded([&] {
        const mml_report& handle = given(report, "report");
        const auto& metrics = handle.report.metrics;
        const auto found = metrics.find(given_text(name, "name"));
        if (found == metrics.end()) refuse_metric(handle, name);
        given(out, "out") = found->second;
    });
}

const char* mml_report_json(const mml_report* report) { return report == nullptr ? nullptr : report->json.c_str(); }

mml_status mml_report_from_json(mml_report** out, const char* json, size_t size) {
    return guarded([&] {
        given(out, "out");
        hand_over_report(out, report_from_json({given_text(json, "json"), size}));
    });
}

mml_status mml_report_render(const mml_report* report, const char* format, const mml_config* config, mml_write_fn write,
                             void* user) {
    return guarded([&] {
        const Json& document = given(report, "report").report.json;
        given_text(format, "format");
        given(write, "write");
        hand_pieces(render_report(document, format, config_or_defaults(config)), write, user, "the report");
    });
}

void mml_report_free(mml_report* report) { delete report; }
