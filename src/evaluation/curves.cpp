// SPDX-License-Identifier: Apache-2.0
#include "evaluation/curves.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <optional>

#include "base/index.hpp"
#include "base/text.hpp"
#include "evaluation/flagging.hpp"
#include "evaluation/rating.hpp"
#include "metrics/calibration_error.hpp"

namespace mml {

namespace {

struct Point {
    double x;
    double y;
};

// Six decimals are finer than any screen.
Json rounded(double value) { return std::isfinite(value) ? Json(std::round(value * 1e6) / 1e6) : Json(nullptr); }

double distance(const Point& a, const Point& b) { return std::abs(a.x - b.x) + std::abs(a.y - b.y); }

// At most `most_points` of them, the first and the last among them, at even distances along the curve, so that steep parts
// stay as exact as flat ones.
std::vector<Point> thinned(const std::vector<Point>& points) {
    if (points.size() <= most_points) return points;
    double length = 0;
    for (std::size_t i = 1; i < points.size(); ++i) length += distance(points[i - 1], points[i]);
    const double step = length / static_cast<double>(most_points - 2);
    std::vector<Point> kept{points.front()};
    double gone = 0;
    for (std::size_t i = 1; i + 1 < points.size(); ++i) {
        gone += distance(points[i - 1], points[i]);
        if (gone < step) continue;
        gone = 0;
        kept.push_back(points[i]);
    }
    kept.push_back(points.back());
    return kept;
}

void write_points(Json& list, const std::vector<Point>& points) {
    list = Json::array();
    for (const Point& point : thinned(points)) list.push_back({rounded(point.x), rounded(point.y)});
}

// Without both sides there is no rate to draw.
std::vector<Point> roc_points(const std::vector<Ranking::Above>& thresholds) {
    const Ranking::Above& all = thresholds.back();
    if (all.positives <= 0 || all.negatives <= 0) return {};
    std::vector<Point> points{{0, 0}};
    for (const Ranking::Above& above : thresholds) {
        points.push_back({above.negatives / all.negatives, above.positives / all.positives});
    }
    return points;
}

std::vector<Point> precision_recall_points(const std::vector<Ranking::Above>& thresholds) {
    const Ranking::Above& all = thresholds.back();
    std::vector<Point> points;
    for (const Ranking::Above& above : thresholds) {
        if (all.positives <= 0 || above.positives + above.negatives <= 0) continue;
        points.push_back({above.positives / all.positives, above.positives / (above.positives + above.negatives)});
    }
    return points;
}

// Two classes: the second one; more: the most frequent ones.
std::vector<std::int32_t> drawn_classes(const RatedRows& rows) {
    const std::vector<double> sums = class_weights(rows.target, rows.weights);
    if (sums.size() <= 2) return sums.size() == 2 ? std::vector<std::int32_t>{1} : std::vector<std::int32_t>{};
    std::vector<std::int32_t> classes(sums.size());
    std::iota(classes.begin(), classes.end(), 0);
    std::ranges::stable_sort(classes, std::greater<>(), [&](std::int32_t label) { return item(sums, label); });
    classes.resize(std::min(classes.size(), most_drawn_classes));
    std::ranges::sort(classes);
    return classes;
}

Json reliability_points(const ClassifiedRows& rows) {
    const std::vector<CalibrationBin> bins = binned(forecasts(rows), rows.weights);
    double total = 0;
    for (const CalibrationBin& bin : bins) total += bin.weight;
    Json list = Json::array();
    for (const CalibrationBin& bin : bins) {
        if (bin.weight <= 0) continue;
        list.push_back(
            {rounded(bin.probability / bin.weight), rounded(bin.happened / bin.weight), rounded(bin.weight / total)});
    }
    return list;
}

void write_curves_of_class(Json& curves, const std::string& name, const std::vector<Ranking::Above>& thresholds) {
    const Ranking::Above& all = thresholds.back();
    const double share = all.positives / (all.positives + all.negatives);
    Json& roc = curves["roc"].emplace_back(Json{{"class", name}, {"points", nullptr}});
    write_points(roc["points"], roc_points(thresholds));
    Json& precision_recall =
        curves["precision_recall"].emplace_back(Json{{"class", name}, {"share", rounded(share)}, {"points", nullptr}});
    write_points(precision_recall["points"], precision_recall_points(thresholds));
}

void write_class_curves(Json& curves, const RatedRows& rated) {
    const ClassifiedRows rows = classified(rated.target, rated.weights, rated.predictions, rated.answers);
    for (const char* name : {"roc", "precision_recall", "reliability"}) curves[name] = Json::array();
    for (const std::int32_t positive : drawn_classes(rated)) {
        const auto thresholds = Ranking(rows, positive).thresholds(rows.weights);
        if (thresholds.empty()) continue;
        write_curves_of_class(curves, valid_utf8(item(rated.target.class_names, positive)), thresholds);
    }
    curves["reliability"] = reliability_points(rows);
}

// Of the class to find: how much of it is found by flagging a share of the rows, the most likely first.
void write_gains(Json& list, const RatedRows& rows) {
    list = Json::array();
    const std::optional<std::int32_t> positive = class_to_find(rows);
    if (!positive) return;
    std::vector<Point> points{{0, 0}};
    const auto thresholds =
        Ranking(classified(rows.target, rows.weights, rows.predictions), *positive).thresholds(rows.weights);
    const Ranking::Above& all = thresholds.back();
    for (const Ranking::Above& above : thresholds) {
        points.push_back(
            {(above.positives + above.negatives) / (all.positives + all.negatives), above.positives / all.positives});
    }
    const auto name = valid_utf8(item(rows.target.class_names, *positive));
    write_points(list.emplace_back(Json{{"class", name}, {"points", nullptr}})["points"], points);
}

// Evenly through the rows sorted by their known value.
void write_estimates(Json& list, const RatedRows& rows) {
    std::vector<std::size_t> order(rows.rows());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t row) { return rows.target.values[row]; });
    const std::size_t count = std::min(order.size(), most_points);
    list = Json::array();
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t row = order[count == 1 ? 0 : i * (order.size() - 1) / (count - 1)];
        list.push_back({rows.target.values[row], rows.estimates[row]});
    }
}

void write_learning_curve(Json& json, std::size_t iteration, const LearningCurve& curve) {
    const std::size_t epochs = curve.training_loss.size();
    const std::size_t count = std::min(epochs, most_points);
    json["iteration"] = iteration;
    json["member"] = valid_utf8(curve.member);
    Json& points = json["points"] = Json::array();
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t epoch = count == 1 ? 0 : i * (epochs - 1) / (count - 1);
        const bool validated = epoch < curve.validation_loss.size();
        points.push_back({epoch + 1, rounded(curve.training_loss[epoch]),
                          validated ? rounded(curve.validation_loss[epoch]) : Json(nullptr)});
    }
}

}  // namespace

void write_curves(Json& curves, const RatedRows& rows) {
    curves = Json::object();
    if (rows.target.task == Task::classification) {
        write_class_curves(curves, rows);
        write_gains(curves["gains"], rows);
    } else {
        write_estimates(curves["estimates"], rows);
    }
}

void write_learning_curves(Json& list, const std::vector<Training>& trainings) {
    list = Json::array();
    for (std::size_t i = 0; i < std::min(trainings.size(), most_drawn_iterations); ++i) {
        for (const LearningCurve& curve : trainings[i].curves) {
            if (!curve.training_loss.empty()) write_learning_curve(list.emplace_back(Json::object()), i + 1, curve);
        }
    }
}

}  // namespace mml
