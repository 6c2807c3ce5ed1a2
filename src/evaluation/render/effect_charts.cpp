// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
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

// Bars from a line in the middle, one a level, so that no order is suggested that levels do not have.
constexpr double chart_width = 400;
constexpr double label_end = 128;
constexpr double value_start = 336;
constexpr double bar_height = 20;
constexpr double title_height = 24;

double reach_of(const Json& levels) {
    double reach = 0;
    for (const Json& level : levels) reach = std::max(reach, std::abs(level.at("effect").get<double>()));
    return reach;
}

std::string level_bar(const Json& level, double reach, double top) {
    const double middle = (label_end + value_start) / 2;
    const double half = (value_start - label_end) / 2 - 4;
    const auto effect = level.at("effect").get<double>();
    const double length = reach > 0 ? std::abs(effect) / reach * half : 0;
    return concat(svg_text(label_end - 4, top + 14, "end", shortened(level.at("name").get<std::string>(), 16)), "<rect x=\"",
                  coordinate(effect < 0 ? middle - length : middle), "\" y=\"", coordinate(top + 3), "\" width=\"",
                  coordinate(length), "\" height=\"", coordinate(bar_height - 6), "\" class=\"bar\"/>",
                  svg_text(chart_width - 4, top + 14, "end", concat(effect > 0 ? "+" : "", decimal(effect))));
}

Chart level_chart(const Json& entry, const std::string& answer, double reach, std::size_t number) {
    const std::string name = shortened(entry.at("name").get<std::string>(), 60);
    const Json& levels = entry.at("levels");
    std::string content = svg_text(0, 14, "start", "change of the answer");
    std::string description = concat("How ", answer, " differs from its mean by level:");
    double top = title_height;
    for (const Json& level : levels) {
        content += level_bar(level, reach, top);
        description += concat(level == levels[0] ? " " : ", ", shortened(level.at("name").get<std::string>(), 40), " ",
                              decimal(level.at("effect")));
        top += bar_height;
    }
    const double middle = (label_end + value_start) / 2;
    content += svg_line(middle, title_height, middle, top, "axis");
    return {
        name,
        svg_image({concat("levels-", number), concat("Effect of ", name), description + "."}, chart_width, top + 4, content),
        concat("How ", answer,
               " would differ from its mean if every row had this level (partial dependence). The most frequent level "
               "is first.")};
}

// Of reports of earlier releases there are none.
void add_level_charts(const Json& effects, const std::string& answer, std::vector<Chart>& charts) {
    const Json* const categories = effects.find("categories");
    if (categories == nullptr) return;
    double reach = 0;
    for (const Json& entry : *categories) reach = std::max(reach, reach_of(entry.at("levels")));
    for (std::size_t i = 0; i < categories->size(); ++i)
        charts.push_back(level_chart((*categories)[i], answer, reach, i + 1));
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
    add_level_charts(effects, answer, charts);
    return charts;
}

}  // namespace mml::render
