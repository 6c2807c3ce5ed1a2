// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>
#include <span>
#include <vector>

namespace mml {

/// Where a number lies with 95 % confidence; NaN on both sides where that is unknown.
struct Interval {
    double low = std::numeric_limits<double>::quiet_NaN();
    double high = std::numeric_limits<double>::quiet_NaN();
};

/// The value under which Student's t with `degrees` >= 1 degrees of freedom stays with `probability`, 0.5 ... 0.9999.
double student_quantile(double probability, int degrees);

/// From the values of resamples (Efron, 1979): between their 2.5th and 97.5th percentile, interpolated linearly. NaN values
/// are left out; unknown where they are more than half.
Interval percentile_interval(std::vector<double> values);

/// Of the mean of values from several splits of the same rows (Nadeau and Bengio, 2003): Student's t with the variance
/// raised for training sets that overlap. `test_to_training` is a split's test rows by its training rows. NaN values are
/// left out; unknown where fewer than two stay.
Interval corrected_interval(std::span<const double> values, double test_to_training);

/// The part of an interval within bounds; unknown stays unknown.
Interval cut_to(const Interval& bounds, const Interval& interval);

}  // namespace mml
