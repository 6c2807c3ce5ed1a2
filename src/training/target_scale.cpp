// SPDX-License-Identifier: Apache-2.0
#include "training/target_scale.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"

namespace mml {

namespace {

struct Spread {
    double mean = 0;
    double deviation = 0;  ///< 0 where all values are equal
};

// In units of the largest distance from the mean where its square would leave a double's range.
double deviation_from(double mean, const Observations& observations, double unit) {
    double weight = 0, squares = 0;
    for (const Observation& observation : observations) {
        const double distance = (observation.value - mean) / unit;
        weight += observation.weight;
        squares += observation.weight * distance * distance;
    }
    return unit * std::sqrt(squares / weight);
}

// A sum of large values has an error that may be more than they differ by: then the mean is taken once more, of differences.
Spread spread_of(const Observations& observations) {
    double weight = 0, sum = 0, smallest = observations.front().value, largest = smallest;
    for (const Observation& observation : observations) {
        weight += observation.weight;
        sum += observation.weight * observation.value;
        smallest = std::min(smallest, observation.value);
        largest = std::max(largest, observation.value);
    }
    Spread spread{sum / weight};
    if (smallest == largest) return {std::isfinite(spread.mean) ? spread.mean : smallest, 0};
    spread.deviation = deviation_from(spread.mean, observations, 1);
    const double unit = std::max(largest / 2 - smallest / 2, std::numeric_limits<double>::min());
    const bool rounded = unit < 1e-6 * std::max(std::abs(largest), std::abs(smallest));
    const bool beyond_range = !std::isfinite(spread.deviation) || spread.deviation < 1e-150;
    if (!rounded && !beyond_range) return spread;
    spread.mean = smallest / 2 + largest / 2;
    double difference = 0;
    for (const Observation& observation : observations)
        difference += observation.weight / weight * ((observation.value - spread.mean) / unit);
    spread.mean += difference * unit;
    spread.deviation = deviation_from(spread.mean, observations, unit);
    return spread;
}

}  // namespace

Ensemble::Scale scale_of(const Samples& samples) {
    Ensemble::Scale scale;
    scale.task = samples.task;
    if (samples.task == Task::classification) {
        scale.classes = samples.class_names.size();
        return scale;
    }
    const Spread spread = spread_of(samples.observations);
    scale.mean = spread.mean;
    scale.deviation = spread.deviation > 0 ? spread.deviation : 1;  // a constant target is predicted by its mean alone
    if (!std::isfinite(scale.mean) || !std::isfinite(scale.deviation)) {
        fail(Status::bad_data, "the target's values are too large to average: scale them to a smaller range");
    }
    return scale;
}

}  // namespace mml
