// SPDX-License-Identifier: Apache-2.0
#include "model/rate_out_of_fold.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include "base/index.hpp"
#include "metrics/calibration_error.hpp"
#include "metrics/influence.hpp"

namespace mml {

namespace {

constexpr double normal_975 = 1.959963984540054;
// Each class has its own ranking of all rows.
constexpr std::size_t most_ranked_classes = 10;
constexpr double finest = 1e6;  // digits of a curve that is drawn

struct Bounds {
    double low = 0;
    double high = std::numeric_limits<double>::infinity();
};
constexpr Bounds unit{0, 1};

class Metrics {
public:
    explicit Metrics(std::span<const std::int32_t> counts) : counts_(counts) {}

    // Values beyond what doubles can square are left out.
    void add(const char* name, const Influence& metric, const Bounds& bounds, double baseline) {
        const double reach = normal_975 * metric.standard_error(counts_);
        if (!std::isfinite(metric.value) || !std::isfinite(reach) || !std::isfinite(baseline)) return;
        json[name] = {{"value", metric.value},
                      {"interval", Json::array({std::max(metric.value - reach, bounds.low),
                                                std::min(metric.value + reach, bounds.high)})},
                      {"baseline", baseline}};
    }

    Json json = Json::object();

private:
    std::span<const std::int32_t> counts_;
};

// The observations as metrics take them: weights as float, at most 1.
struct ObservedRows {
    std::vector<float> weights;
    std::vector<std::int32_t> answers;
    ClassifiedRows rows;

    ObservedRows(const RatedProbabilities& rated, const Decision& decision) {
        const double largest = std::ranges::max(rated.weights);
        for (std::size_t i = 0; i < rated.size(); ++i) {
            weights.push_back(static_cast<float>(rated.weights[i] / largest));
            answers.push_back(decision.decide(rated.of(i)));
        }
        rows = {rated.labels, rated.probabilities, narrowed<std::int64_t>(rated.classes), weights, answers};
    }
};

// What the class shares score that everything is answered with: as probabilities, and as the most frequent class.
class Baseline {
public:
    Baseline(const RatedProbabilities& rated, const ClassifiedRows& rows)
        : shares_(rated.class_shares.begin(), rated.class_shares.end()), observed_(rated.classes) {
        for (std::int64_t row = 0; row < rows.rows(); ++row) item(observed_, rows.label(row)) += rows.weight(row);
        const double weight = std::reduce(observed_.begin(), observed_.end());
        for (double& each : observed_) each /= weight;
        most_ = as_size(std::ranges::max_element(shares_) - shares_.begin());
    }

    double mean(const std::function<double(std::span<const float>, std::int32_t)>& of_row) const {
        double sum = 0;
        for (std::size_t k = 0; k < observed_.size(); ++k) {
            if (observed_[k] > 0) sum += observed_[k] * of_row(shares_, narrowed<std::int32_t>(k));
        }
        return sum;
    }

    double accuracy() const { return observed_[most_]; }
    double balanced_accuracy() const {
        const auto occurring = std::ranges::count_if(observed_, [](double share) { return share > 0; });
        return accuracy() > 0 ? 1 / static_cast<double>(occurring) : 0;
    }
    double f1_score() const { return accuracy() * 2 * accuracy() / (1 + accuracy()); }
    double calibration_error() const {
        const std::size_t stated = observed_.size() == 2 ? 1 : most_;
        return std::abs(static_cast<double>(shares_[stated]) - observed_[stated]);
    }

private:
    std::vector<float> shares_;
    std::vector<double> observed_;  // shares among the observations
    std::size_t most_ = 0;
};

Influence mean_of_rows(const ClassifiedRows& rows, double (*of_row)(std::span<const float>, std::int32_t)) {
    std::vector<double> values;
    for (std::int64_t row = 0; row < rows.rows(); ++row) values.push_back(of_row(rows.scores(row), rows.label(row)));
    return mean_influence(values, rows.weights);
}

Influence accuracy_influence(const ClassifiedRows& rows) {
    std::vector<double> right;
    for (std::int64_t row = 0; row < rows.rows(); ++row)
        right.push_back(item(rows.answers, row) == rows.label(row) ? 1.0 : 0.0);
    return mean_influence(right, rows.weights);
}

void add_areas(Metrics& metrics, const ClassifiedRows& rows) {
    if (rows.classes > narrowed<std::int64_t>(most_ranked_classes)) return;
    std::vector<Influence> areas;
    for (std::int32_t k = rows.classes == 2 ? 1 : 0; k < rows.classes; ++k) areas.push_back(roc_auc_influence(rows, k));
    metrics.add(rows.classes == 2 ? "roc_auc" : "roc_auc_one_vs_rest", mean_of(areas), unit, 0.5);
}

double rounded(double value) { return std::round(value * finest) / finest; }

// A frequency's interval (Wilson, 1927), which stays within 0 and 1 and has a width where all are the same.
Json point_json(const CalibrationBin& bin, double squares, double whole) {
    const double frequency = bin.happened / bin.weight;
    const double rows = bin.weight * bin.weight / squares;  // of equal weight that would tell as much (Kish, 1965)
    const double spread = normal_975 * normal_975 / rows;
    const double middle = (frequency + spread / 2) / (1 + spread);
    const double reach = std::sqrt(spread * frequency * (1 - frequency) + spread * spread / 4) / (1 + spread);
    return {rounded(bin.probability / bin.weight), rounded(frequency), rounded(bin.weight / whole),
            rounded(std::max(middle - reach, 0.0)), rounded(std::min(middle + reach, 1.0))};
}

struct Point {
    CalibrationBin bin;
    double squares = 0;  // of the samples' weights
    std::int64_t samples = 0;

    void add(const Point& other) {
        bin.weight += other.bin.weight;
        bin.probability += other.bin.probability;
        bin.happened += other.bin.happened;
        squares += other.squares;
        samples += other.samples;
    }
};

// Bins of few observations join the next one, or the last.
std::vector<Point> points_of(std::span<const Forecast> forecasts, std::span<const float> weights,
                             std::span<const std::int32_t> counts) {
    const std::vector<CalibrationBin> bins = binned(forecasts, weights);
    std::vector<Point> all(bins.size());
    for (std::size_t i = 0; i < bins.size(); ++i) all[i].bin = bins[i];
    for (std::size_t row = 0; row < forecasts.size(); ++row) {
        Point& point = all[bin_of(forecasts[row].probability)];
        point.squares += static_cast<double>(weights[row]) * weights[row] / counts[row];
        point.samples += counts[row];
    }
    std::vector<Point> joined;
    Point open;
    for (const Point& point : all) {
        open.add(point);
        if (open.samples < fewest_of_point) continue;
        joined.push_back(open);
        open = {};
    }
    if (open.samples > 0 && !joined.empty()) joined.back().add(open);
    return joined;
}

Json calibration_json(std::span<const Forecast> forecasts, std::span<const float> weights,
                      std::span<const std::int32_t> counts) {
    const double whole = std::reduce(weights.begin(), weights.end(), 0.0);
    Json list = Json::array();
    for (const Point& point : points_of(forecasts, weights, counts))
        list.push_back(point_json(point.bin, point.squares, whole));
    return list;
}

}  // namespace

Json rate_out_of_fold(const RatedProbabilities& rated, const Decision& decision) {
    if (rated.size() < 2) return nullptr;
    const ObservedRows observations(rated, decision);
    const ClassifiedRows& rows = observations.rows;
    const Baseline baseline(rated, rows);
    const std::vector<Forecast> stated = forecasts(rows);
    Metrics metrics(rated.counts);
    metrics.add("log_loss", mean_of_rows(rows, row_log_loss), {}, baseline.mean(row_log_loss));
    metrics.add("brier_score", mean_of_rows(rows, row_brier_score), {}, baseline.mean(row_brier_score));
    metrics.add("accuracy", accuracy_influence(rows), unit, baseline.accuracy());
    metrics.add("balanced_accuracy", balanced_accuracy_influence(rows), unit, baseline.balanced_accuracy());
    metrics.add("f1_score", weighted_f1_influence(rows), unit, baseline.f1_score());
    add_areas(metrics, rows);
    metrics.json["calibration_error"] = {{"value", calibration_error(binned(stated, rows.weights))},
                                         {"interval", nullptr},
                                         {"baseline", baseline.calibration_error()}};
    return {{"rows", rated.size()},
            {"samples", total_of(rated.counts)},
            {"metrics", std::move(metrics.json)},
            {"calibration", calibration_json(stated, rows.weights, rated.counts)}};
}

Json rate_out_of_fold(const RatedEstimates& rated) {
    if (rated.size() < 2) return nullptr;
    const EstimatedRows rows{rated.targets, rated.estimates, rated.weights};
    const std::vector<double> means(rated.size(), weighted_mean(rated.targets, rated.weights));
    const EstimatedRows guessed{rated.targets, means, rated.weights};
    constexpr double infinity = std::numeric_limits<double>::infinity();
    Metrics metrics(rated.counts);
    metrics.add("r2", r_squared_influence(rows), {-infinity, 1}, r_squared(guessed));
    metrics.add("rmse", root_mean_squared_error_influence(rows), {}, root_mean_squared_error(guessed));
    metrics.add("mae", mean_absolute_error_influence(rows), {}, mean_absolute_error(guessed));
    return {{"rows", rated.size()}, {"samples", total_of(rated.counts)}, {"metrics", std::move(metrics.json)}};
}

}  // namespace mml
