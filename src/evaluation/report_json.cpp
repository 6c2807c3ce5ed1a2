// SPDX-License-Identifier: Apache-2.0
#include "evaluation/report_json.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/index.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "evaluation/curves.hpp"
#include "evaluation/flagging.hpp"
#include "evaluation/stored_report.hpp"
#include "evaluation/verdict.hpp"

namespace mml {

namespace {

// Mean and population standard deviation.
struct Spread {
    double mean = std::numeric_limits<double>::quiet_NaN();
    double deviation = std::numeric_limits<double>::quiet_NaN();
};

// Of the values that are defined. Differences from the first value make both exact where all values are equal: ten perfect
// scores are a score of 1 with a deviation of 0.
Spread spread_of(std::vector<double> values) {
    std::erase_if(values, [](double value) { return !std::isfinite(value); });
    if (values.empty()) return {};
    const auto count = static_cast<double>(values.size());
    const double first = values.front();
    double sum = 0;
    for (const double value : values) sum += value - first;
    const double shift = sum / count;
    double squares = 0;
    for (const double value : values) squares += (value - first - shift) * (value - first - shift);
    return {first + shift, std::sqrt(squares / count)};
}

Spread spread_of(const std::vector<Rating>& ratings, std::vector<MetricValue> Rating::*list, std::size_t metric) {
    std::vector<double> values;
    values.reserve(ratings.size());
    for (const Rating& rating : ratings) values.push_back((rating.*list)[metric].value);
    return spread_of(std::move(values));
}

// Of a metric, by its place among a rating's.
Interval interval_of(const Findings& findings, std::size_t metric) {
    if (findings.ratings.size() < 2) return metric < findings.intervals.size() ? findings.intervals[metric] : Interval();
    std::vector<double> values;
    values.reserve(findings.ratings.size());
    for (const Rating& rating : findings.ratings) values.push_back(rating.metrics[metric].value);
    return cut_to(findings.ratings.front().metrics[metric].metric->bounds,
                  corrected_interval(values, test_to_training(findings.ratings)));
}

const char* direction_name(Direction direction) {
    return direction == Direction::lower_is_better ? "lower_is_better" : "higher_is_better";
}

void summarize(const Findings& findings, Report& report) {
    const std::vector<Rating>& ratings = findings.ratings;
    Json& metrics = report.json["metrics"] = Json::object();
    for (std::size_t i = 0; i < ratings.front().metrics.size(); ++i) {
        const Metric& metric = *ratings.front().metrics[i].metric;
        const std::string name = metric.name;
        const Spread spread = spread_of(ratings, &Rating::metrics, i);
        const double baseline = spread_of(ratings, &Rating::baselines, i).mean;
        const Interval interval = interval_of(findings, i);
        metrics[name] = {{"value", number_or_null(spread.mean)},
                         {"deviation", number_or_null(spread.deviation)},
                         {"baseline", number_or_null(baseline)},
                         {"interval", interval_json(interval)},
                         {"label", metric.label},
                         {"meaning", metric.meaning},
                         {"direction", direction_name(metric.direction)}};
        if (metric.of_counts == nullptr) continue;
        metrics[name]["probable"] = number_or_null(spread_of(ratings, &Rating::at_probable, i).mean);
    }
    report.metrics = named_numbers(metrics);
}

void add(std::vector<double>& sums, const std::vector<double>& more) {
    if (sums.empty()) sums.resize(more.size());
    for (std::size_t i = 0; i < more.size(); ++i) sums[i] += more[i];
}

// Of each class, over the test rows of all iterations.
std::vector<ClassScores> scores_of_classes(const std::vector<Rating>& ratings, std::size_t classes) {
    ClassCounts counts;
    for (const Rating& rating : ratings) {
        add(counts.actual, rating.counts.actual);
        add(counts.predicted, rating.counts.predicted);
        add(counts.correct, rating.counts.correct);
    }
    std::vector<ClassScores> scores = class_scores(counts);
    scores.resize(classes);
    return scores;
}

Json classes_json(const Target& target, std::span<const float> weights, const std::vector<Rating>& ratings) {
    std::vector<std::int64_t> counts(target.class_names.size());
    for (const std::int32_t label : target.class_indices) ++item(counts, label);
    const std::vector<double> sums = class_weights(target, weights);
    const double total = std::accumulate(sums.begin(), sums.end(), 0.0);
    const std::vector<ClassScores> scores = scores_of_classes(ratings, counts.size());
    Json list = Json::array();
    for (std::size_t i = 0; i < counts.size(); ++i) {
        list.push_back({{"name", valid_utf8(target.class_names[i])},
                        {"count", counts[i]},
                        {"share", number_or_null(sums[i] / total)},
                        {"precision", scores[i].precision},
                        {"recall", scores[i].recall},
                        {"f1_score", scores[i].f1_score}});
    }
    return list;
}

// How classes were chosen: every iteration's model had the same rule, and a threshold of its own.
Json decision_json(const std::vector<Decision>& decisions, std::size_t classes) {
    if (decisions.empty()) return nullptr;
    std::vector<double> thresholds;
    thresholds.reserve(decisions.size());
    for (const Decision& decision : decisions) thresholds.push_back(classes == 2 ? decision.threshold() : undefined);
    const Spread spread = spread_of(std::move(thresholds));
    return {{"rule", decisions.front().rule()},
            {"threshold", number_or_null(spread.mean)},
            {"threshold_deviation", number_or_null(spread.deviation)}};
}

Json confusion_json(const std::vector<Rating>& ratings, std::size_t classes) {
    if (ratings.front().confusion.empty()) return nullptr;
    Json matrix = Json::array();
    for (std::size_t actual = 0; actual < classes; ++actual) {
        Json line = Json::array();
        for (std::size_t predicted = 0; predicted < classes; ++predicted) {
            double sum = 0;
            for (const Rating& rating : ratings) sum += rating.confusion[actual * classes + predicted];
            line.push_back(number_or_null(sum));
        }
        matrix.push_back(std::move(line));
    }
    return matrix;
}

Json iterations_json(const std::vector<Rating>& ratings) {
    Json list = Json::array();
    for (const Rating& rating : ratings) {
        Json iteration{{"training_rows", rating.training_rows},
                       {"test_rows", rating.test_rows},
                       {"seconds", number_or_null(rating.seconds)}};
        for (const MetricValue& each : rating.metrics) iteration[each.metric->name] = number_or_null(each.value);
        list.push_back(std::move(iteration));
    }
    return list;
}

Json warnings_json(const std::vector<std::string>& warnings) {
    Json list = Json::array();
    for (const std::string& warning : warnings) list.push_back(valid_utf8(warning));
    return list;
}

// An option of these groups with no say in the numbers.
bool is_silent(OptionId id) {
    return id == OptionId::threads || id == OptionId::memory_limit || id == OptionId::min_score ||
           id == OptionId::max_deviation || id == OptionId::trained_at || id == OptionId::intended_use;
}

}  // namespace

Json settings_json(const Config& config, bool training) {
    Json settings = Json::object();
    for (const Option& option : options()) {
        const std::string_view group = option.group;
        const bool decides =
            group == "run" || group == "data" || (training && (group == "learners" || group == "evaluation"));
        if (decides && !is_silent(option.id)) settings[option.name] = valid_utf8(config.text(option.id));
    }
    return settings;
}

Json interval_json(const Interval& interval) {
    if (!std::isfinite(interval.low) || !std::isfinite(interval.high)) return nullptr;
    return Json::array({interval.low, interval.high});
}

Json number_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

double test_to_training(const std::vector<Rating>& ratings) {
    double test = 0;
    double training = 0;
    for (const Rating& rating : ratings) {
        test += static_cast<double>(rating.test_rows);
        training += static_cast<double>(rating.training_rows);
    }
    return training > 0 ? test / training : 0;
}

void add_warning(std::vector<std::string>& warnings, const std::string& sentence) {
    if (std::ranges::find(warnings, sentence) == warnings.end()) warnings.push_back(sentence);
}

void warn_of_imbalance(const Target& target, std::span<const float> weights, std::vector<std::string>& warnings) {
    const std::vector<double> sums = class_weights(target, weights);
    if (sums.empty()) return;
    const auto [smallest, largest] = std::ranges::minmax(sums);
    if (largest > 3 * smallest) {
        add_warning(warnings, "Provided classes are very unbalanced, predictions may not be accurate.");
    }
}

Report make_report(const Dataset& dataset, const Target& target, const Findings& findings) {
    Report report;
    report.json["schema"] = 1;
    report.json["kind"] = findings.kind;
    report.json["task"] = task_name(target.task);
    report.json["rows"] = dataset.rows();
    report.json["columns"] = dataset.columns();
    report.json["classes"] = classes_json(target, dataset.weights, findings.ratings);
    summarize(findings, report);
    report.json["decision"] = decision_json(findings.decisions, target.class_names.size());
    report.json["flagging"] = flagging_json(findings.rows);
    report.json["confusion"] = confusion_json(findings.ratings, target.class_names.size());
    report.json["iterations"] = iterations_json(findings.ratings);
    report.json["options"] = findings.options;
    report.json["warnings"] = warnings_json(findings.warnings);
    write_curves(report.json["curves"], findings.rows);
    write_learning_curves(report.json["learning_curves"], findings.trainings);
    report.json["models"] = findings.models;
    report.json["data"] = findings.data;
    report.json["settings"] = findings.settings;
    report.json["source"] = valid_utf8(dataset.source);
    report.json["version"] = library_version();
    report.json["importance"] = findings.importance;
    report.json["groups"] = findings.groups;
    report.json["drift"] = findings.drift;
    report.json["verdict"] = verdict_json(report.json);
    return report;
}

}  // namespace mml
