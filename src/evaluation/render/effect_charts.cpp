// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include "base/text.hpp"
#include "evaluation/render/charts.hpp"
#include "evaluation/render/svg.hpp"
#include "evaluation/render/words.hpp"

namespace mml::render {

namespace {

struct Line {
    std::vector<Dot> dots;
    Dot lowest{0, std::numeric_limits<double>::infinity()};
    Dot highest{0, -std::numeric_limits<double>::infinity()};
};

Line line_of(const Json& points) {
    Line line;
    for (const Json& point : points) {
        if (!point[0].is_number() || !point[1].is_number()) continue;
        const Dot dot{point[0].get<double>(), point[1].get<double>()};
        line.dots.push_back(dot);
        if (dot.y < line.lowest.y) line.lowest = dot;
        if (dot.y > line.highest.y) line.highest = dot;
    }
    return line;
}

// All charts have one height, so that their lines can be compared.
Range heights_of(const std::vector<Line>& lines) {
    Range range{0, 0};
    for (const Line& line : lines) range = {std::min(range.low, line.lowest.y), std::max(range.high, line.highest.y)};
    return range;
}

Chart effect_chart(const Json& entry, const Line& line, const Range& heights, const std::string& answer,
                   std::size_t number) {
    const auto name = entry.at("name").get<std::string>();
    Plot plot(shortened(name, 40), "change of the answer", {line.dots.front().x, line.dots.back().x}, heights);
    plot.line({{line.dots.front().x, 0}, {line.dots.back().x, 0}}, "reference");
    plot.line(line.dots, "series-1");
    plot.dots(line.dots, 2.5, "series-1");
    const std::string description =
        concat("From ", decimal(line.dots.front().x), " to ", decimal(line.dots.back().x), ", ", answer, " is lowest at ",
               decimal(line.lowest.x), " (", decimal(line.lowest.y), " from the mean) and highest at ",
               decimal(line.highest.x), " (", decimal(line.highest.y), " from the mean).");
    return {shortened(name, 60),
            plot.image({concat("effect-", number), concat("Effect of ", shortened(name, 60)), description}),
            concat("How ", answer, " changes along the column, compared with its mean (accumulated local effects).")};
}

}  // namespace

std::vector<Chart> effect_charts(const Json& report) {
    const Json* const importance = report.find("importance");
    if (importance == nullptr || !importance->is_object()) return {};
    const Json& effects = importance->at("effects");
    std::vector<Line> lines;
    for (const Json& entry : effects.at("columns")) lines.push_back(line_of(entry.at("points")));
    const Json& name = effects.at("class");
    const std::string answer = name.is_string() ? concat("the probability of class \xE2\x80\x9C",
                                                         shortened(name.get<std::string>(), 24), "\xE2\x80\x9D")
                                                : std::string("the estimate");
    std::vector<Chart> charts;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].dots.size() < 2) continue;
        charts.push_back(effect_chart(effects.at("columns")[i], lines[i], heights_of(lines), answer, i + 1));
    }
    return charts;
}

}  // namespace mml::render
