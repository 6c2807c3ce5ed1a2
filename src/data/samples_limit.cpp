// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

#include "base/index.hpp"
#include "base/random.hpp"
#include "data/samples.hpp"

namespace mml {

namespace {

// What a choice among the distinct rows needs to know of them.
struct Candidates {
    std::vector<std::size_t> first_observation;  // of each row, and one past the last row's
    std::vector<double> weights;
    std::vector<double> keys;  // of Efraimidis and Spirakis, in their exponential form: the smallest are chosen
};

std::size_t place(std::int64_t number) { return as_size(number); }

Candidates candidates_of(const Samples& samples, std::uint64_t seed) {
    const std::size_t rows = place(samples.features.rows());
    Candidates result{std::vector<std::size_t>(rows + 1), std::vector<double>(rows), std::vector<double>(rows)};
    for (const Observation& observation : samples.observations) {
        ++result.first_observation[place(observation.row) + 1];
        result.weights[place(observation.row)] += observation.weight;
    }
    std::partial_sum(result.first_observation.begin(), result.first_observation.end(), result.first_observation.begin());
    RandomStream stream(seed, purpose::kept_samples);
    for (std::size_t row = 0; row < rows; ++row) {
        const double above_zero = std::max(stream.uniform(), 0x1.0p-54);
        result.keys[row] = -std::log1p(-above_zero) / result.weights[row];
    }
    return result;
}

std::span<const Observation> observations_on(const Samples& samples, const Candidates& candidates, std::int64_t row) {
    const std::size_t first = candidates.first_observation[place(row)];
    return std::span(samples.observations).subspan(first, candidates.first_observation[place(row) + 1] - first);
}

// All rows in the order in which they are taken: first the best of each class, so that none is lost, then by key.
std::vector<std::int64_t> order_of_choice(const Samples& samples, const Candidates& candidates) {
    std::vector<std::int64_t> by_key(candidates.keys.size());
    std::iota(by_key.begin(), by_key.end(), std::int64_t{0});
    std::ranges::stable_sort(by_key, {}, [&](std::int64_t row) { return candidates.keys[place(row)]; });
    std::vector<std::int64_t> order;
    std::vector<std::int64_t> others;
    std::vector<bool> class_seen(samples.strata());
    for (const std::int64_t row : by_key) {
        bool brings_a_class = false;
        for (const Observation& observation : observations_on(samples, candidates, row)) {
            brings_a_class = brings_a_class || !class_seen[place(observation.class_index)];
            class_seen[place(observation.class_index)] = true;
        }
        (brings_a_class ? order : others).push_back(row);
    }
    order.insert(order.end(), others.begin(), others.end());
    return order;
}

std::int64_t fixed_bytes(const Samples& samples) {
    return samples.features.columns() * std::int64_t{sizeof(float)} + std::int64_t{sizeof(std::int64_t)};
}

std::int64_t bytes_of_row(const Samples& samples, const Candidates& candidates, std::int64_t row) {
    const std::size_t cells = samples.features.cells_of_row(row);
    const std::size_t observations = observations_on(samples, candidates, row).size();
    return narrowed<std::int64_t>(sizeof(std::int64_t) + cells * (sizeof(float) + sizeof(std::int32_t)) +
                                  observations * sizeof(Observation));
}

std::size_t how_many_fit(const Samples& samples, const Candidates& candidates, std::span<const std::int64_t> order,
                         std::int64_t rows, std::int64_t bytes) {
    std::int64_t left = bytes - fixed_bytes(samples);
    std::size_t count = 0;
    while (count < order.size() && narrowed<std::int64_t>(count) < rows) {
        left -= bytes_of_row(samples, candidates, order[count]);
        if (left < 0) break;
        ++count;
    }
    return count;
}

// Per class (regression: in all) the weight of the observations.
std::vector<double> class_weights(const Samples& samples) {
    std::vector<double> sums(std::max<std::size_t>(1, samples.class_names.size()));
    for (const Observation& observation : samples.observations) sums[place(observation.class_index)] += observation.weight;
    return sums;
}

// Horvitz and Thompson's weights: a row that the choice took with a probability of a half stands for two. What chance
// then leaves or adds is spread over the class.
void reweigh(Samples& chosen, const Samples& all, const Candidates& candidates, std::span<const std::int64_t> rows,
             double next_key) {
    for (Observation& observation : chosen.observations) {
        const double weight = candidates.weights[place(rows[place(observation.row)])];
        observation.weight /= -std::expm1(-weight * next_key);
    }
    const std::vector<double> wanted = class_weights(all);
    const std::vector<double> reached = class_weights(chosen);
    for (Observation& observation : chosen.observations) {
        const std::size_t stratum = place(observation.class_index);
        observation.weight *= wanted[stratum] / reached[stratum];
    }
}

}  // namespace

Samples limited(const Samples& samples, std::int64_t rows, std::int64_t bytes, std::uint64_t seed) {
    const Candidates candidates = candidates_of(samples, seed);
    std::vector<std::int64_t> order = order_of_choice(samples, candidates);
    const std::size_t count = how_many_fit(samples, candidates, order, rows, bytes);
    if (count == order.size()) return samples;
    // The smallest key left out.
    const auto smaller = [&](std::int64_t a, std::int64_t b) {
        return candidates.keys[place(a)] < candidates.keys[place(b)];
    };
    const double next_key =
        candidates.keys[place(*std::min_element(order.begin() + narrowed<std::ptrdiff_t>(count), order.end(), smaller))];
    order.resize(count);
    std::ranges::sort(order);

    Samples result{selected(samples.features, order),
                   samples.column_names,
                   samples.named,
                   samples.task,
                   samples.class_names,
                   {},
                   samples.categories,
                   samples.target_name};
    for (std::size_t i = 0; i < order.size(); ++i) {
        for (const Observation& observation : observations_on(samples, candidates, order[i])) {
            result.observations.push_back(observation);
            result.observations.back().row = narrowed<std::int32_t>(i);
        }
    }
    result.observations.shrink_to_fit();
    reweigh(result, samples, candidates, order, next_key);
    return result;
}

}  // namespace mml
