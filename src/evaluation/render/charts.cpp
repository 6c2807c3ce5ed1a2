// SPDX-License-Identifier: Apache-2.0
#include "evaluation/render/charts.hpp"

#include <algorithm>
#include <limits>

#include "base/text.hpp"
#include "evaluation/render/contents.hpp"
#include "evaluation/render/svg.hpp"
#include "evaluation/render/words.hpp"

namespace mml::render {

namespace {

constexpr Range unit{0, 1};
constexpr std::size_t legend_letters = 24;

std::vector<Dot> dots_of(const Json& points) {
    std::vector<Dot> dots;
    for (const Json& point : points) {
        if (point[0].is_number() && point[1].is_number()) dots.push_back({point[0].get<double>(), point[1].get<double>()});
    }
    return dots;
}

bool any_points(const Json& report, const char* curve) {
    const Json* const found = report.at("curves").find(curve);
    return found != nullptr && std::ranges::any_of(*found, [](const Json& entry) { return !entry.at("points").empty(); });
}

// Colours and dashes, so that lines can be told apart on paper too.
std::string style_of(std::size_t number) {
    return concat("series-", number + 1, number > 0 ? concat(" dash-", number + 1) : "");
}

std::string short_name(const Json& name) {
    return concat("\xE2\x80\x9C", shortened(name.get<std::string>(), legend_letters), "\xE2\x80\x9D");
}

std::string class_of(const Json& curve) { return short_name(curve.at("class")); }

// The value of the metric that sums a curve up, whichever there is.
std::string metric_text(const Json& report, const char* name) {
    for (const std::string& candidate : {std::string(name), concat(name, "_one_vs_rest")}) {
        const Json* const metric = report.at("metrics").find(candidate);
        if (metric != nullptr && metric->at("value").is_number()) return decimal(metric->at("value"));
    }
    return "undefined";
}

// The height of the curve at x, by the last point that does not lie beyond.
double height_at(const std::vector<Dot>& dots, double x) {
    double y = 0;
    for (const Dot& dot : dots) {
        if (dot.x <= x) y = std::max(y, dot.y);
    }
    return y;
}

void add_class_lines(Plot& plot, const Json& curves) {
    for (std::size_t i = 0; i < curves.size(); ++i) {
        const std::vector<Dot> dots = dots_of(curves[i].at("points"));
        if (dots.empty()) continue;
        plot.line(dots, style_of(i));
        plot.legend("class " + class_of(curves[i]), style_of(i));
    }
}

std::string many_classes_note(const Json& report, const char* curve) {
    const std::size_t drawn = report.at("curves").at(curve).size();
    return report.at("classes").size() > std::max<std::size_t>(drawn, 2) ? " The most frequent classes only." : "";
}

// The lowest and the highest of one number of all points.
Range range_of(const std::vector<Dot>& dots, double Dot::*side) {
    Range range{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
    for (const Dot& dot : dots) range = {std::min(range.low, dot.*side), std::max(range.high, dot.*side)};
    return range;
}

}  // namespace

bool has_roc(const Json& report) { return any_points(report, "roc"); }

Chart roc_chart(const Json& report) {
    const Json& curves = report.at("curves").at("roc");
    Plot plot("false positive rate", "true positive rate", unit, unit);
    plot.line({{0, 0}, {1, 1}}, "reference");
    add_class_lines(plot, curves);
    plot.legend("guessing", "reference");
    std::string description = concat("The area under the curve is ", metric_text(report, "roc_auc"), "; guessing has 0.5.");
    for (const Json& curve : curves) {
        description += concat(" Of class ", class_of(curve), ", ", percent(height_at(dots_of(curve.at("points")), 0.1)),
                              " are found if 10 % of the others are flagged wrongly.");
    }
    return {"ROC curve", plot.image({"roc", "ROC curve", description}),
            concat("How many rows of a class are found (up) for how many false alarms (right). Area ",
                   metric_text(report, "roc_auc"), ".", many_classes_note(report, "roc"))};
}

Chart precision_recall_chart(const Json& report) {
    const Json& curves = report.at("curves").at("precision_recall");
    Plot plot("recall", "precision", unit, unit);
    const bool two = curves.size() == 1;
    if (two) plot.line({{0, curves[0].at("share").get<double>()}, {1, curves[0].at("share").get<double>()}}, "reference");
    add_class_lines(plot, curves);
    if (two) plot.legend("guessing", "reference");
    const std::string area = metric_text(report, "pr_auc");
    std::string description = concat("The average precision is ", area, ".");
    for (const Json& curve : curves) {
        description +=
            concat(" Guessing class ", class_of(curve), " is right in ", percent(curve.at("share").get<double>()), ".");
    }
    return {"Precision and recall", plot.image({"precision-recall", "Precision and recall", description}),
            concat("How often an alarm is right (up), by how much of a class is found (right). Average precision ", area,
                   ".", many_classes_note(report, "precision_recall"))};
}

// Found and right by how much is flagged, with the model's own answers as dots.
Chart gains_chart(const Json& report) {
    const Json& flagging = report.at("flagging");
    const double base = flagging.at("share").get<double>();
    const std::vector<Dot> found = dots_of(report.at("curves").at("gains")[0].at("points"));
    std::vector<Dot> right;
    for (const Dot& dot : found) {
        if (dot.x > 0) right.push_back({dot.x, base * dot.y / dot.x});
    }
    Plot plot("share of the rows that is flagged", "share", unit, unit);
    plot.line({{0, 0}, {1, 1}}, "reference");
    plot.line(found, "series-1");
    plot.line(right, "series-2 dashed");
    const Json& decided = flagging.at("decision");
    if (decided.at("precision").is_number()) {
        const double flagged = decided.at("flagged").get<double>();
        plot.dots({{flagged, decided.at("recall").get<double>()}, {flagged, decided.at("precision").get<double>()}}, 4,
                  "series-1");
    }
    plot.legend(concat("of class ", class_of(flagging), " found"), "series-1");
    plot.legend("of the flagged rows right", "series-2 dashed");
    plot.legend("found by a random choice", "reference");
    std::string description;
    for (const Json& level : flagging.at("levels")) {
        description += concat(description.empty() ? "" : " ", "Of the most likely ",
                              percent(level.at("flagged").get<double>()), ", ", percent(level.at("precision").get<double>()),
                              " are right, and ", percent(level.at("recall").get<double>()), " of the class is found.");
    }
    return {flags_heading, plot.image({"gains", flags_heading, description}),
            "How much of the class is found, and how often a flag is right, by how many rows are flagged, the most likely "
            "first. The dots are the model's own answers."};
}

Chart chart_of(const Reliability& reliability) {
    Plot plot("stated probability", "frequency", unit, unit);
    for (const Json& bin : reliability.points) {
        const double middle = bin[0].get<double>();
        plot.bar({std::max(middle - 0.02, 0.0), std::min(middle + 0.02, 1.0)}, bin[2].get<double>(), "bar");
    }
    plot.line({{0, 0}, {1, 1}}, "reference");
    plot.line(dots_of(reliability.points), "series-1");
    plot.dots(dots_of(reliability.points), 3.5, "series-1");
    plot.legend(
        reliability.class_name.empty() ? "predicted class" : concat("class ", short_name(Json(reliability.class_name))),
        "series-1");
    plot.legend("perfectly calibrated", "reference");
    std::string description = concat("The calibration error is ", reliability.calibration_error, ".");
    for (const Json& bin : reliability.points) {
        description += concat(" Stated ", percent(bin[0].get<double>()), ", happened ", percent(bin[1].get<double>()), ".");
    }
    return {"Reliability", plot.image({reliability.id, "Reliability of the probabilities", description}),
            concat("Does an outcome with probability 70 % happen in 70 % of the cases? Bars show the share of rows. "
                   "Calibration error ",
                   reliability.calibration_error, ".")};
}

Chart reliability_chart(const Json& report) {
    const Json& classes = report.at("classes");
    return chart_of({report.at("curves").at("reliability"),
                     classes.size() == 2 ? classes[1].at("name").get<std::string>() : std::string(),
                     metric_text(report, "calibration_error"), "reliability"});
}

Chart estimates_chart(const Json& report) {
    const std::vector<Dot> dots = dots_of(report.at("curves").at("estimates"));
    const Range known = range_of(dots, &Dot::x);
    const Range estimated = range_of(dots, &Dot::y);
    const Range both{std::min(known.low, estimated.low), std::max(known.high, estimated.high)};
    Plot plot("known value", "estimate", both, both);
    plot.line({{both.low, both.low}, {both.high, both.high}}, "reference");
    plot.dots(dots, 2.5, "series-1");
    plot.legend("a perfect estimate", "reference");
    const std::string description =
        concat("Of ", dots.size(), " rows with values from ", decimal(known.low), " to ", decimal(known.high),
               " the estimates go from ", decimal(estimated.low), " to ", decimal(estimated.high),
               "; the root mean squared error is ", metric_text(report, "rmse"), ".");
    return {"Estimates", plot.image({"estimates", "Estimates and known values", description}),
            "Each dot is a row; the nearer to the line, the better."};
}

std::vector<Chart> charts(const Json& report) {
    std::vector<Chart> list;
    if (has_roc(report)) list.push_back(roc_chart(report));
    if (any_points(report, "precision_recall")) list.push_back(precision_recall_chart(report));
    const Json& curves = report.at("curves");
    if (report.at("flagging").is_object()) list.insert(list.begin(), gains_chart(report));
    if (curves.contains("reliability") && !curves.at("reliability").empty()) list.push_back(reliability_chart(report));
    if (curves.contains("estimates") && !curves.at("estimates").empty()) list.push_back(estimates_chart(report));
    if (!report.at("learning_curves").empty()) list.push_back(learning_chart(report));
    if (report.at("confusion").is_array() && report.at("confusion").size() <= 8) list.push_back(confusion_chart(report));
    return list;
}

}  // namespace mml::render
