// SPDX-License-Identifier: Apache-2.0
#include "evaluation/render/svg.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/text.hpp"
#include "evaluation/render/words.hpp"

namespace mml::render {

namespace {

constexpr double width = 400;
constexpr double left = 56;
constexpr double right = 388;
constexpr double top = 12;
constexpr double bottom = 252;
constexpr double below_axis = 48;  // for numbers and label
constexpr double legend_height = 18;
constexpr int tick_count = 5;

// 1, 2 or 5 times a power of ten, so that some five of them make the range (Heckbert, 1990).
double tick_step(const Range& range) {
    const double rough = (range.high - range.low) / tick_count;
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    const double times = rough / power;
    return power * (times < 1.5 ? 1 : times < 3.5 ? 2 : times < 7.5 ? 5 : 10);
}

std::vector<double> ticks_of(const Range& range) {
    const double step = tick_step(range);
    std::vector<double> ticks;
    const double first = std::ceil(range.low / step - 1e-9);
    for (int i = 0; i <= 2 * tick_count && (first + i) * step <= range.high + 1e-9 * step; ++i) {
        ticks.push_back((first + i) * step);
    }
    return ticks;
}

// With as many digits as the step has.
std::string tick_text(double value, const Range& range) {
    const int digits = std::clamp(static_cast<int>(std::ceil(-std::log10(tick_step(range)) - 1e-9)), 0, 6);
    std::array<char, 400> text{};
    const double shown = value == 0 ? 0.0 : value;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), shown, std::chars_format::fixed, digits);
    return {text.data(), end.ptr};
}

// A range of no width would divide by 0.
Range widened(Range range) { return range.high > range.low ? range : Range{range.low - 0.5, range.low + 0.5}; }

double place(double value, const Range& range) { return (value - range.low) / (range.high - range.low); }

}  // namespace

std::string coordinate(double value) {
    const double rounded = std::round(value * 100) / 100;
    return number_text(rounded == 0 ? 0.0 : rounded);
}

std::string svg_image(const ChartWords& words, double image_width, double height, const std::string& content) {
    return concat("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"img\" viewBox=\"0 0 ",
                  coordinate(image_width), " ", coordinate(height), "\" aria-labelledby=\"", words.id, "-title ", words.id,
                  "-description\"><title id=\"", words.id, "-title\">", html_text(words.title), "</title><desc id=\"",
                  words.id, "-description\">", html_text(words.description), "</desc>", content, "</svg>\n");
}

std::string svg_line(double x1, double y1, double x2, double y2, const char* style) {
    return concat("<line x1=\"", coordinate(x1), "\" y1=\"", coordinate(y1), "\" x2=\"", coordinate(x2), "\" y2=\"",
                  coordinate(y2), "\" class=\"", style, "\"/>");
}

std::string svg_text(double x, double y, const char* anchor, const std::string& text, const char* style) {
    return concat("<text x=\"", coordinate(x), "\" y=\"", coordinate(y), "\" text-anchor=\"", anchor, "\" class=\"label ",
                  style, "\">", html_text(text), "</text>");
}

Plot::Plot(std::string x_label, std::string y_label, Range x, Range y)
    : x_label_(std::move(x_label)), y_label_(std::move(y_label)), x_(widened(x)), y_(widened(y)) {}

double Plot::across(double x) const { return left + (right - left) * place(x, x_); }

double Plot::down(double y) const { return bottom - (bottom - top) * place(y, y_); }

void Plot::line(const std::vector<Dot>& dots, const std::string& style) {
    if (dots.empty()) return;
    std::string path;
    for (const Dot& dot : dots) {
        path += concat(path.empty() ? "M" : "L", coordinate(across(dot.x)), " ", coordinate(down(dot.y)));
    }
    content_ += concat("<path d=\"", path, "\" class=\"line ", style, "\"/>");
}

void Plot::dots(const std::vector<Dot>& dots, double radius, const std::string& style) {
    for (const Dot& dot : dots) {
        content_ += concat("<circle cx=\"", coordinate(across(dot.x)), "\" cy=\"", coordinate(down(dot.y)), "\" r=\"",
                           coordinate(radius), "\" class=\"dot ", style, "\"/>");
    }
}

void Plot::bar(Range x, double y, const std::string& style) {
    content_ += concat("<rect x=\"", coordinate(across(x.low)), "\" y=\"", coordinate(down(y)), "\" width=\"",
                       coordinate(across(x.high) - across(x.low)), "\" height=\"", coordinate(bottom - down(y)),
                       "\" class=\"", style, "\"/>");
}

void Plot::legend(const std::string& text, const std::string& style) {
    const double y = bottom + below_axis + legend_height * legend_count_ + 6;
    legends_ += concat("<path d=\"M", coordinate(left), " ", coordinate(y), "h28\" class=\"line ", style, "\"/>",
                       svg_text(left + 36, y + 4, "start", text));
    ++legend_count_;
}

std::string Plot::ticks() const {
    std::string result;
    for (const double x : ticks_of(x_)) {
        result += svg_line(across(x), top, across(x), bottom, "grid") +
                  svg_text(across(x), bottom + 16, "middle", tick_text(x, x_));
    }
    for (const double y : ticks_of(y_)) {
        result += svg_line(left, down(y), right, down(y), "grid") + svg_text(left - 6, down(y) + 4, "end", tick_text(y, y_));
    }
    return result;
}

std::string Plot::axes() const {
    const std::string middle = coordinate((top + bottom) / 2);
    return concat(ticks(), svg_line(left, bottom, right, bottom, "axis"), svg_line(left, top, left, bottom, "axis"),
                  svg_text((left + right) / 2, bottom + 36, "middle", x_label_), "<text x=\"14\" y=\"", middle,
                  "\" text-anchor=\"middle\" transform=\"rotate(-90 14 ", middle, ")\" class=\"label\">",
                  html_text(y_label_), "</text>");
}

std::string Plot::image(const ChartWords& words) const {
    const double height = bottom + below_axis + legend_height * legend_count_;
    return svg_image(words, width, height, axes() + content_ + legends_);
}

}  // namespace mml::render
