// SPDX-License-Identifier: Apache-2.0
#include "evaluation/rated_rows.hpp"

#include <algorithm>
#include <functional>

#include "base/index.hpp"
#include "base/random.hpp"
#include "evaluation/rater.hpp"
#include "evaluation/rating.hpp"

namespace mml {

namespace {

constexpr std::size_t most_resamples = 400;
constexpr std::size_t fewest_resamples = 100;
// Rows drawn in all, where that leaves enough resamples; a row takes some 20 nanoseconds.
constexpr std::size_t rows_to_draw = 20'000'000;
// Rows times classes of which rankings are kept: 32 MB.
constexpr std::size_t most_ranked = 4'000'000;

template <typename Value>
void append(std::vector<Value>& list, std::span<const Value> more) {
    list.insert(list.end(), more.begin(), more.end());
}

// As many rows as there are, drawn with replacement: the weight of each times how often it was drawn.
std::vector<float> resampled(std::span<const float> weights, RandomStream stream) {
    std::vector<float> drawn(weights.size());
    for (std::size_t i = 0; i < weights.size(); ++i) ++drawn[stream.below(weights.size())];
    for (std::size_t i = 0; i < weights.size(); ++i) drawn[i] *= weights[i];
    return drawn;
}

std::vector<Interval> intervals_of(const std::vector<std::vector<MetricValue>>& resamples) {
    std::vector<Interval> intervals;
    for (std::size_t metric = 0; metric < resamples.front().size(); ++metric) {
        std::vector<double> values;
        values.reserve(resamples.size());
        for (const auto& resample : resamples) values.push_back(resample[metric].value);
        const Interval interval = percentile_interval(std::move(values));
        intervals.push_back(cut_to(resamples.front()[metric].metric->bounds, interval));
    }
    return intervals;
}

}  // namespace

RowMetrics metrics_of(const RatedRows& rows) {
    if (rows.target.task == Task::regression) {
        return [&rows](std::span<const float> weights) {
            return estimate_metrics({rows.target.values, rows.estimates, weights});
        };
    }
    const Rankings rankings = rows.predictions.size() <= most_ranked ? Rankings::kept : Rankings::none;
    const ClassRater rater(classified(rows.target, rows.weights, rows.predictions, rows.answers), rankings);
    return [rater](std::span<const float> weights) { return rater.metrics(weights); };
}

void RatedRows::add(const Target& rated, std::span<const float> rated_weights, std::span<const float> rated_predictions,
                    std::span<const std::int32_t> rated_answers) {
    if (!add_to(predictions, rated, rated_weights, rated_predictions)) return;
    append<std::int32_t>(answers, answered_classes(classified(rated, rated_weights, rated_predictions, rated_answers)));
}

void RatedRows::add(const Target& rated, std::span<const float> rated_weights, std::span<const double> rated_estimates) {
    add_to(estimates, rated, rated_weights, rated_estimates);
}

void RatedRows::add_groups(const std::vector<std::int32_t>& rated_groups) {
    if (groups.size() + rated_groups.size() == rows()) append<std::int32_t>(groups, rated_groups);
}

template <typename Number>
bool RatedRows::add_to(std::vector<Number>& pool, const Target& rated, std::span<const float> rated_weights,
                       std::span<const Number> rated_numbers) {
    const bool first = pool.empty();
    if (!first && pool.size() + rated_numbers.size() > most_pooled_predictions) return false;
    if (first) target = {rated.task, rated.class_names, {}, {}};
    append<std::int32_t>(target.class_indices, rated.class_indices);
    append<double>(target.values, rated.values);
    append(pool, rated_numbers);
    if (rated_weights.empty()) {
        weights.insert(weights.end(), rated.rows(), 1.0F);
    } else {
        append(weights, rated_weights);
    }
    return true;
}

std::vector<Interval> bootstrap_intervals(const RatedRows& rows, std::uint64_t seed, Supervisor& supervisor) {
    const RowMetrics metrics = metrics_of(rows);
    if (std::ranges::count_if(rows.weights, [](float weight) { return weight > 0; }) < 2) {
        return std::vector<Interval>(metrics(rows.weights).size());
    }
    const std::size_t count = std::clamp(rows_to_draw / rows.rows(), fewest_resamples, most_resamples);
    std::vector<std::vector<MetricValue>> resamples(count);
    supervisor.run(narrowed<int>(count), [&](int number) {
        supervisor.check();
        const auto index = as_size(number);
        resamples[index] = metrics(resampled(rows.weights, RandomStream(seed, purpose::resampled_rows, index)));
    });
    return intervals_of(resamples);
}

}  // namespace mml
