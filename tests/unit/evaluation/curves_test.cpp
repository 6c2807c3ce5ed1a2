// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "evaluation/curves.hpp"
#include "evaluation/rating.hpp"
#include "metrics/ranking.hpp"

using doctest::Approx;
using namespace mml;

namespace {

RatedRows rated(const std::vector<std::string>& class_names, const std::vector<std::int32_t>& labels,
                const std::vector<float>& predictions) {
    RatedRows pool;
    pool.add({Task::classification, class_names, labels, {}}, {}, predictions);
    return pool;
}

RatedRows many_rows(int count) {
    RandomStream stream(3);
    std::vector<std::int32_t> labels;
    std::vector<float> predictions;
    for (int row = 0; row < count; ++row) {
        labels.push_back(stream.uniform() < 0.3 ? 1 : 0);
        const auto second = static_cast<float>((stream.uniform() + labels.back()) / 2);
        predictions.insert(predictions.end(), {1 - second, second});
    }
    return rated({"no", "yes"}, labels, predictions);
}

Json curves_json(const RatedRows& rows) {
    Json json;
    write_curves(json, rows);
    return json;
}

double area_under(const Json& points) {
    double area = 0;
    for (std::size_t i = 1; i < points.size(); ++i) {
        const double width = points[i][0].get<double>() - points[i - 1][0].get<double>();
        area += width * (points[i][1].get<double>() + points[i - 1][1].get<double>()) / 2;
    }
    return area;
}

}  // namespace

TEST_CASE("curves of two classes are of the second one") {
    const auto curves =
        curves_json(rated({"no", "<yes>"}, {0, 1, 0, 1}, {0.75F, 0.25F, 0.5F, 0.5F, 0.5F, 0.5F, 0.25F, 0.75F}));
    CHECK(curves["roc"].dump() == R"([{"class":"<yes>","points":[[0.0,0.0],[0.0,0.5],[0.5,1.0],[1.0,1.0]]}])");
    CHECK(curves["precision_recall"].dump() ==
          R"([{"class":"<yes>","share":0.5,"points":[[0.5,1.0],[1.0,0.666667],[1.0,0.5]]}])");
    CHECK(curves["reliability"].dump() == "[[0.25,0.0,0.25],[0.5,0.5,0.5],[0.75,1.0,0.25]]");
}

TEST_CASE("curves are thinned, and keep their ends and their area") {
    const RatedRows rows = many_rows(5000);
    const auto curves = curves_json(rows);
    const auto& points = curves["roc"][0]["points"];
    CHECK(points.size() > 100);
    CHECK(points.size() <= most_points);
    CHECK(points[0].dump() == "[0.0,0.0]");
    CHECK(points[points.size() - 1].dump() == "[1.0,1.0]");
    const ClassifiedRows classes = classified(rows.target, rows.weights, rows.predictions);
    CHECK(area_under(points) == Approx(roc_auc(classes, 1)).epsilon(0.005));
    const auto& precision = curves["precision_recall"][0]["points"];
    CHECK(precision.size() <= most_points);
    CHECK(area_under(precision) == Approx(average_precision(classes, 1)).epsilon(0.02));
}

// Of 301 points only the last but one is a step up.
TEST_CASE("a thinned curve keeps a step before its end, of a single row") {
    std::vector<std::int32_t> labels(300);
    labels[298] = 1;
    std::vector<float> predictions;
    for (int row = 0; row < 300; ++row) {
        const auto second = static_cast<float>(300 - row) / 512;
        predictions.insert(predictions.end(), {1 - second, second});
    }
    const auto curves = curves_json(rated({"no", "yes"}, labels, predictions));
    const auto& points = curves["roc"][0]["points"];
    REQUIRE(points.size() > 2);
    CHECK(points[points.size() - 2].dump() == "[0.996656,1.0]");
    CHECK(points[points.size() - 3][1].get<double>() == 0);
    // Along a length of 2 at steps of 2 / 198: the fourth of the negatives is the first beyond.
    CHECK(points[1].dump() == "[0.013378,0.0]");
}

TEST_CASE("one row of each class is enough for a curve") {
    const auto curves = curves_json(rated({"no", "yes"}, {0, 1}, {0.75F, 0.25F, 0.25F, 0.75F}));
    CHECK(curves["roc"][0]["points"].dump() == "[[0.0,0.0],[0.0,1.0],[1.0,1.0]]");
}

TEST_CASE("more classes have a curve each, the most frequent ones only") {
    std::vector<std::string> names;
    std::vector<std::int32_t> labels;
    for (std::int32_t label = 0; label < 8; ++label) {
        names.push_back("class " + std::to_string(label));
        labels.insert(labels.end(), static_cast<std::size_t>(label) + 1, label);
    }
    const auto curves = curves_json(rated(names, labels, std::vector<float>(labels.size() * 8, 0.125F)));
    REQUIRE(curves["roc"].size() == most_drawn_classes);
    CHECK(curves["roc"][0]["class"] == "class 2");
    CHECK(curves["roc"][5]["class"] == "class 7");
    CHECK(curves["roc"][0]["points"].dump() == "[[0.0,0.0],[1.0,1.0]]");
}

TEST_CASE("where one class is all there is, no rate of the other can be drawn") {
    const auto curves = curves_json(rated({"no", "yes"}, {0, 0}, {0.75F, 0.25F, 0.5F, 0.5F}));
    CHECK(curves["roc"][0]["points"].empty());
    CHECK(curves["precision_recall"][0]["points"].empty());
}

TEST_CASE("estimates beside known values, evenly through their range") {
    RatedRows pool;
    Target target{Task::regression, {}, {}, {}};
    std::vector<double> estimates;
    for (int row = 0; row < 1000; ++row) {
        target.values.push_back(row * 7 % 1000);
        estimates.push_back(static_cast<double>(row * 7 % 1000) + 0.5);
    }
    pool.add(target, {}, estimates);
    const auto points = curves_json(pool)["estimates"];
    CHECK(points.size() == most_points);
    CHECK(points[0].dump() == "[0.0,0.5]");
    CHECK(points[most_points - 1].dump() == "[999.0,999.5]");
}

TEST_CASE("learning curves of the first iterations, thinned") {
    const std::vector<double> losses(1000, 0.5);
    std::vector<Training> trainings(12);
    for (Training& training : trainings) training.curves = {{"network 1", losses, losses}, {"linear", {}, {}}};
    Json written;
    write_learning_curves(written, trainings);
    const Json& json = written;
    REQUIRE(json.size() == most_drawn_iterations);
    CHECK(json[9]["iteration"] == 10);
    CHECK(json[0]["member"] == "network 1");
    CHECK(json[0]["points"].size() == most_points);
    CHECK(json[0]["points"][0].dump() == "[1,0.5,0.5]");
    CHECK(json[0]["points"][most_points - 1].dump() == "[1000,0.5,0.5]");
}
