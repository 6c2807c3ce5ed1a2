// SPDX-License-Identifier: Apache-2.0
#include "moodle/log_entries.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

#include "base/text.hpp"
#include "evaluation/render/render.hpp"
#include "moodle/moodle_file.hpp"

namespace mml {

namespace {

std::string rounded_text(double value, double decimals) {
    const double power = std::pow(10.0, decimals);
    return number_text(std::round(value * power) / power);
}

std::string metric_text(const Json& value) { return value.is_number() ? rounded_text(value.get<double>(), 4) : "undefined"; }

void log_classes(RunLog& log, const std::vector<std::string>& class_names, std::span<const std::int64_t> counts) {
    const auto total = static_cast<double>(total_of(counts));
    for (std::size_t i = 0; i < counts.size(); ++i) {
        std::string line = concat("  class ", class_names[i], ": ", counts[i], " samples");
        if (total > 0) line += concat(" (", rounded_text(100 * static_cast<double>(counts[i]) / total, 1), " %)");
        log.line(line);
    }
}

void log_warnings(RunLog& log, const Json& described) {
    const Json* const warnings = described.find("warnings");
    if (warnings == nullptr) return;
    for (const auto& warning : *warnings) log.line("warning: " + warning.get<std::string>());
}

double lowest(const std::vector<double>& losses) {
    double result = std::numeric_limits<double>::infinity();
    for (const double loss : losses) result = std::fmin(result, loss);
    return result;
}

void log_curve(RunLog& log, const LearningCurve& curve) {
    std::string line = concat("member ", curve.member, ": ", curve.training_loss.size(), " epochs");
    const double loss = lowest(curve.validation_loss);
    if (std::isfinite(loss)) line += concat(", lowest validation loss ", rounded_text(loss, 6));
    log.line(line);
}

// {"training_rows", "test_rows", "seconds", <metric>: number or null ...}
void log_iteration(RunLog& log, std::size_t number, const Json& iteration) {
    std::string line = concat("iteration ", number);
    const char* separator = ": ";
    for (const auto& [name, value] : iteration.items()) {
        line += concat(separator, name, " ", metric_text(value));
        separator = ", ";
    }
    log.line(line);
}

}  // namespace

void log_dataset(RunLog& log, const std::string& path, const Dataset& dataset) {
    log.line(concat("data set ", path, ": ", dataset.rows(), " samples, ", dataset.columns(), " columns"));
    if (dataset.target) log_classes(log, dataset.target->class_names, class_counts(*dataset.target));
    for (const std::string& note : dataset.notes) log.line("note: " + note);
}

void log_joined_samples(RunLog& log, const Samples& samples) {
    log.line(concat("with the samples kept from earlier trainings: ", samples.count(), " samples, ", samples.features.rows(),
                    " different rows"));
    log_classes(log, samples.class_names, class_counts(samples));
}

void log_training(RunLog& log, const Training& training) {
    for (const LearningCurve& curve : training.curves) log_curve(log, curve);
    log.curves("", training.curves);
    log_warnings(log, training.model->description());
}

void log_report(RunLog& log, const Report& report, const Config& config) {
    log.file("report.html", render_report(report.json, "html", config));
    if (std::string curve = roc_curve_svg(report.json); !curve.empty()) log.file("roc-curve.svg", std::move(curve));
    const Json& iterations = report.json.at("iterations");
    for (std::size_t i = 0; i < iterations.size(); ++i) log_iteration(log, i + 1, iterations[i]);
    for (const auto& [name, found] : report.json.at("metrics").items()) {
        log.line(concat(name, ": ", metric_text(found.at("value")), " (deviation ", metric_text(found.at("deviation")),
                        ", always guessing alike ", metric_text(found.at("baseline")), ")"));
    }
    log_warnings(log, report.json);
    for (std::size_t i = 0; i < report.trainings.size(); ++i) {
        log.curves(concat("iteration-", i + 1), report.trainings[i].curves);
    }
}

}  // namespace mml
