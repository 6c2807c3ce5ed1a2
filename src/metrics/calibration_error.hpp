// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "metrics/metrics.hpp"

namespace mml {

/// A probability that was stated for something, and whether it happened: of two classes that the second one is right, of
/// more that the predicted one is.
struct Forecast {
    float probability = 0;
    bool happened = false;
};

std::vector<Forecast> forecasts(const ClassifiedRows& rows);

/// Forecasts of similar probability, as sums over rows by weight.
struct CalibrationBin {
    double weight = 0;
    double probability = 0;
    double happened = 0;
};

/// Bins of equal width over [0, 1].
constexpr std::size_t calibration_bins = 15;

/// The bin of a probability; 1 belongs to the last one.
std::size_t bin_of(float probability);

std::vector<CalibrationBin> binned(std::span<const Forecast> forecasts, std::span<const float> weights);

/// Expected calibration error (Naeini, Cooper and Hauskrecht, 2015): the bins' distances between mean probability and
/// frequency, averaged by their weight, 0 ... 1. NaN where nothing has weight.
double calibration_error(std::span<const CalibrationBin> bins);

}  // namespace mml
