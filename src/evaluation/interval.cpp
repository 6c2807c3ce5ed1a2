// SPDX-License-Identifier: Apache-2.0
#include "evaluation/interval.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "base/index.hpp"

namespace mml {

namespace {

constexpr double tail = 0.025;

// The chance that Student's t lies between -t and t, as a finite sum for whole degrees of freedom (Abramowitz and Stegun,
// 1964, 26.7.3 and 26.7.4).
double chance_within(double t, int degrees) {
    const double angle = std::atan(t / std::sqrt(degrees));
    const double cosine = std::cos(angle);
    const bool odd = degrees % 2 == 1;
    double term = odd ? cosine : 1;
    double sum = degrees == 1 ? 0 : term;
    for (int i = odd ? 3 : 2; i < degrees - 1; i += 2) {
        term *= cosine * cosine * (i - 1) / i;
        sum += term;
    }
    if (odd) return 2 / std::numbers::pi * (angle + std::sin(angle) * sum);
    return std::sin(angle) * sum;
}

// Of sorted values, at least one.
double percentile(const std::vector<double>& sorted, double fraction) {
    const double place = fraction * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

std::vector<double> defined(std::span<const double> values) {
    std::vector<double> result;
    std::ranges::copy_if(values, std::back_inserter(result), [](double value) { return std::isfinite(value); });
    return result;
}

}  // namespace

double student_quantile(double probability, int degrees) {
    double low = 0;
    double high = 1e5;
    for (int step = 0; step < 100; ++step) {
        const double middle = (low + high) / 2;
        (chance_within(middle, degrees) < 2 * probability - 1 ? low : high) = middle;
    }
    return high;
}

Interval percentile_interval(std::vector<double> values) {
    std::vector<double> sorted = defined(values);
    if (sorted.empty() || sorted.size() * 2 < values.size()) return {};
    std::ranges::sort(sorted);
    return {percentile(sorted, tail), percentile(sorted, 1 - tail)};
}

Interval corrected_interval(std::span<const double> values, double test_to_training) {
    const std::vector<double> known = defined(values);
    if (known.size() < 2) return {};
    const auto count = static_cast<double>(known.size());
    // Differences from the first value keep equal values exactly equal to their mean.
    double sum = 0;
    for (const double value : known) sum += value - known.front();
    const double mean = known.front() + sum / count;
    double squares = 0;
    for (const double value : known) squares += (value - mean) * (value - mean);
    const double deviation = std::sqrt((1 / count + test_to_training) * squares / (count - 1));
    const double reach = deviation * student_quantile(1 - tail, narrowed<int>(known.size()) - 1);
    return {mean - reach, mean + reach};
}

Interval cut_to(const Interval& bounds, const Interval& interval) {
    return {std::clamp(interval.low, bounds.low, bounds.high), std::clamp(interval.high, bounds.low, bounds.high)};
}

}  // namespace mml
