// SPDX-License-Identifier: Apache-2.0
#include "evaluation/render/render.hpp"

#include <array>
#include <utility>

#include "base/error.hpp"
#include "base/text.hpp"
#include "evaluation/render/charts.hpp"
#include "evaluation/render/formats.hpp"
#include "evaluation/render/style.hpp"

namespace mml {

namespace {

using Renderer = std::string (*)(const Json&, const Config&);

constexpr std::array<std::pair<const char*, Renderer>, 3> renderers{
    {{"html", render::html_page}, {"markdown", render::markdown_page}, {"text", render::text_page}}};

}  // namespace

std::vector<std::string> report_formats() {
    std::vector<std::string> names;
    names.reserve(renderers.size());
    for (const auto& [name, renderer] : renderers) names.emplace_back(name);
    return names;
}

std::string render_report(const Json& report, std::string_view format, const Config& config) {
    for (const auto& [name, renderer] : renderers) {
        if (format == name) return renderer(report, config);
    }
    fail(Status::not_found,
         concat("no format of a report is called ", quote(format), ": there are ", quoted_list(report_formats())));
}

// The image with its style inside, where a page would have it in its head.
std::string roc_curve_svg(const Json& report) {
    if (!render::has_roc(report)) return "";
    std::string image = render::roc_chart(report).image;
    const std::string style =
        concat("<style>", render::colours(), render::chart_style(), ".chart { background: var(--background) }\n</style>");
    return image.insert(image.find("<title"), style);
}

}  // namespace mml
