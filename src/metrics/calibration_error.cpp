// SPDX-License-Identifier: Apache-2.0
#include "metrics/calibration_error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/index.hpp"

namespace mml {

namespace {

Forecast forecast_of(std::span<const float> scores, std::int32_t label) {
    if (scores.size() == 2) return {scores[1], label == 1};
    const std::int32_t predicted = predicted_class(scores);
    return {item(scores, predicted), predicted == label};
}

}  // namespace

std::vector<Forecast> forecasts(const ClassifiedRows& rows) {
    std::vector<Forecast> list;
    list.reserve(rows.labels.size());
    for (std::int64_t row = 0; row < rows.rows(); ++row) list.push_back(forecast_of(rows.scores(row), rows.label(row)));
    return list;
}

std::size_t bin_of(float probability) {
    const double scaled = probability * double{calibration_bins};
    return std::min(static_cast<std::size_t>(std::max(scaled, 0.0)), calibration_bins - 1);
}

std::vector<CalibrationBin> binned(std::span<const Forecast> forecasts, std::span<const float> weights) {
    std::vector<CalibrationBin> bins(calibration_bins);
    for (std::size_t row = 0; row < forecasts.size(); ++row) {
        const double weight = weights.empty() ? 1.0 : weights[row];
        CalibrationBin& bin = bins[bin_of(forecasts[row].probability)];
        bin.weight += weight;
        bin.probability += weight * forecasts[row].probability;
        bin.happened += forecasts[row].happened ? weight : 0;
    }
    return bins;
}

double calibration_error(std::span<const CalibrationBin> bins) {
    double distance = 0;
    double weight = 0;
    for (const CalibrationBin& bin : bins) {
        distance += std::abs(bin.probability - bin.happened);
        weight += bin.weight;
    }
    return weight > 0 ? distance / weight : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace mml
