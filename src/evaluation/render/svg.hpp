// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace mml::render {

struct Dot {
    double x;
    double y;
};

/// What a chart is called and, for who cannot see it, what it shows. `id` must be the page's only one.
struct ChartWords {
    std::string id;
    std::string title;
    std::string description;
};

/// <svg role="img" …> with title and description, of this size in its own units, around `content`.
std::string svg_image(const ChartWords& words, double width, double height, const std::string& content);

std::string svg_line(double x1, double y1, double x2, double y2, const char* style);
/// `anchor`: "start", "middle" or "end"; the text is escaped.
std::string svg_text(double x, double y, const char* anchor, const std::string& text, const char* style = "");

/// A number as charts need it: at most two decimals.
std::string coordinate(double value);

struct Range {
    double low;
    double high;
};

/// A chart with two axes. Styles are classes of chart_style().
class Plot {
public:
    Plot(std::string x_label, std::string y_label, Range x, Range y);

    void line(const std::vector<Dot>& dots, const std::string& style);
    void dots(const std::vector<Dot>& dots, double radius, const std::string& style);
    /// From the x axis up.
    void bar(Range x, double y, const std::string& style);
    /// A line below the chart that tells what a style means.
    void legend(const std::string& text, const std::string& style);

    std::string image(const ChartWords& words) const;

private:
    double across(double x) const;
    double down(double y) const;
    std::string axes() const;
    std::string ticks() const;

    std::string x_label_;
    std::string y_label_;
    Range x_;
    Range y_;
    std::string content_;
    std::string legends_;
    int legend_count_ = 0;
};

}  // namespace mml::render
