// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/index.hpp"
#include "base/text.hpp"
#include "evaluation/render/charts.hpp"
#include "evaluation/render/svg.hpp"
#include "evaluation/render/words.hpp"

namespace mml::render {

namespace {

constexpr std::size_t most_drawn_curves = 20;
constexpr std::size_t most_drawn_epochs = 60;

// One loss of a learning curve by epoch, thinned for the page.
std::vector<Dot> losses(const Json& points, std::size_t column) {
    std::vector<Dot> dots;
    const std::size_t step = points.size() / most_drawn_epochs + 1;
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (i % step != 0 && i + 1 != points.size()) continue;
        if (points[i][column].is_number()) dots.push_back({points[i][0].get<double>(), points[i][column].get<double>()});
    }
    return dots;
}

struct Losses {
    std::vector<std::vector<Dot>> training;
    std::vector<std::vector<Dot>> validation;
};

Losses all_losses(const Json& curves) {
    Losses all;
    for (std::size_t i = 0; i < std::min(curves.size(), most_drawn_curves); ++i) {
        all.training.push_back(losses(curves[i].at("points"), 1));
        all.validation.push_back(losses(curves[i].at("points"), 2));
    }
    return all;
}

Range include(Range range, double value) { return {std::min(range.low, value), std::max(range.high, value)}; }

std::string cell_style(double share) {
    return concat("fill-opacity=\"", coordinate(0.04 + 0.41 * std::clamp(share, 0.0, 1.0)), "\"");
}

std::string weight_text(double weight) {
    return weight == std::round(weight) && std::abs(weight) < 1e15 ? grouped(static_cast<std::int64_t>(weight))
                                                                   : number_text(std::round(weight * 100) / 100);
}

// Where the cells of a confusion matrix lie.
struct Grid {
    double left = 104;
    double top = 44;
    double size = 284;
    std::size_t classes = 0;

    double cell() const { return size / static_cast<double>(classes); }
    double x(std::size_t column) const { return left + cell() * static_cast<double>(column); }
    double y(std::size_t row) const { return top + cell() * static_cast<double>(row); }
};

std::string matrix_cell(const Grid& grid, std::size_t actual, std::size_t predicted, double weight, double of_class) {
    const double share = of_class > 0 ? weight / of_class : 0;
    const double middle = grid.x(predicted) + grid.cell() / 2;
    const double center = grid.y(actual) + grid.cell() / 2;
    const bool roomy = grid.cell() >= 60;
    std::string cell = concat("<rect x=\"", coordinate(grid.x(predicted)), "\" y=\"", coordinate(grid.y(actual)),
                              "\" width=\"", coordinate(grid.cell() - 2), "\" height=\"", coordinate(grid.cell() - 2),
                              "\" class=\"", actual == predicted ? "right" : "wrong", "\" ", cell_style(share), "/>");
    cell += svg_text(middle, center + (roomy ? -2 : 4), "middle", weight_text(weight), "count");
    if (roomy) cell += svg_text(middle, center + 16, "middle", percent(share));
    return cell;
}

std::string class_name(const Json& report, std::size_t index, std::size_t letters) {
    return shortened(report.at("classes")[index].at("name").get<std::string>(), letters);
}

std::string matrix_frame(const Json& report, const Grid& grid) {
    std::string frame =
        svg_text(grid.left + grid.size / 2, 14, "middle", "predicted class") + svg_text(2, 34, "start", "actual class");
    const auto letters = static_cast<std::size_t>(std::max(grid.cell() / 8, 3.0));
    for (std::size_t i = 0; i < grid.classes; ++i) {
        frame += svg_text(grid.x(i) + grid.cell() / 2, 36, "middle", class_name(report, i, letters));
        frame += svg_text(grid.left - 8, grid.y(i) + grid.cell() / 2 + 4, "end", class_name(report, i, 9));
    }
    return frame;
}

}  // namespace

Chart learning_chart(const Json& report) {
    const Json& curves = report.at("learning_curves");
    const Losses all = all_losses(curves);
    Range epochs{1, 1};
    Range loss{0, 0};
    for (const auto* lines : {&all.training, &all.validation}) {
        for (const std::vector<Dot>& dots : *lines) {
            for (const Dot& dot : dots) epochs = include(epochs, dot.x), loss = include(loss, dot.y);
        }
    }
    Plot plot("epoch", "loss", epochs, loss);
    for (const auto& dots : all.training) plot.line(dots, "series-1 thin");
    for (const auto& dots : all.validation) plot.line(dots, "series-2 thin dashed");
    plot.legend("on the training rows", "series-1");
    plot.legend("on rows held out", "series-2 dashed");
    const std::string description =
        concat("The losses of ", curves.size(), " networks by epoch, up to epoch ", number_text(epochs.high), ".");
    return {"Learning curve", plot.image({"learning", "Learning curve", description}),
            "If the loss on held-out rows rises again, the network memorises its rows; training stops there."};
}

Chart confusion_chart(const Json& report) {
    const Json& matrix = report.at("confusion");
    Grid grid;
    grid.classes = matrix.size();
    std::string content = matrix_frame(report, grid);
    std::string description;
    for (std::size_t actual = 0; actual < matrix.size(); ++actual) {
        double of_class = 0;
        for (const Json& weight : matrix[actual]) of_class += weight.is_number() ? weight.get<double>() : 0;
        description += concat(" Of class \xE2\x80\x9C", class_name(report, actual, 36), "\xE2\x80\x9D:");
        for (std::size_t predicted = 0; predicted < matrix.size(); ++predicted) {
            const Json& cell = matrix[actual][predicted];
            const double weight = cell.is_number() ? cell.get<double>() : 0;
            content += matrix_cell(grid, actual, predicted, weight, of_class);
            description += concat(predicted == 0 ? " " : ", ", weight_text(weight), " predicted as \xE2\x80\x9C",
                                  class_name(report, predicted, 36), "\xE2\x80\x9D");
        }
        description += ".";
    }
    const std::string caption = report.at("iterations").size() > 1 ? "Test rows of all iterations; " : "";
    return {"Confusion matrix",
            svg_image({"confusion", "Confusion matrix", description.substr(1)}, 400, grid.top + grid.size, content),
            caption + "each line is a class, each cell the answer for its rows."};
}

}  // namespace mml::render
