// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/supervisor.hpp"
#include "data/dataset.hpp"
#include "evaluation/interval.hpp"
#include "evaluation/metric_table.hpp"

namespace mml {

/// The test rows of all iterations with what was predicted for them: what curves are drawn of and resamples drawn from.
struct RatedRows {
    Target target;
    std::vector<float> weights;         ///< one a row
    std::vector<float> predictions;     ///< classification: rows x classes
    std::vector<std::int32_t> answers;  ///< classification: the class decided for, one a row
    std::vector<double> estimates;      ///< regression: one a row
    std::vector<std::int32_t> groups;   ///< one a row, where they are known; as many as rows were added with them

    /// Adds the rows of an iteration, unless the whole would pass `most_pooled_predictions`; the first always fits.
    /// Without answers they are the most probable classes.
    void add(const Target& rated, std::span<const float> rated_weights, std::span<const float> rated_predictions,
             std::span<const std::int32_t> rated_answers = {});
    /// The same for regression.
    void add(const Target& rated, std::span<const float> rated_weights, std::span<const double> rated_estimates);

    /// The groups of the rows that were added last, unless those did not fit.
    void add_groups(const std::vector<std::int32_t>& rated_groups);

    std::size_t rows() const { return weights.size(); }

private:
    // Whether the rows fitted.
    template <typename Number>
    bool add_to(std::vector<Number>& pool, const Target& rated, std::span<const float> rated_weights,
                std::span<const Number> rated_numbers);
};

/// Bounds the memory: 16 MB of predictions.
constexpr std::size_t most_pooled_predictions = 4'000'000;

/// All metrics of rows (in the order of a rating's) for one weighting after another. Refers to the rows.
using RowMetrics = std::function<std::vector<MetricValue>(std::span<const float>)>;
RowMetrics metrics_of(const RatedRows& rows);

/// The 95 % interval of each metric (in the order of a rating's), between percentiles over resamples of the rows with
/// replacement (Efron, 1979): 400 of them, fewer (at least 100) for more than 50,000 rows. The same for the same seed on any
/// number of threads. Unknown for fewer than two rows, and for areas under more curves than are worth the time.
std::vector<Interval> bootstrap_intervals(const RatedRows& rows, std::uint64_t seed, Supervisor& supervisor);

}  // namespace mml
