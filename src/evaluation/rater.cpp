// SPDX-License-Identifier: Apache-2.0
#include "evaluation/rater.hpp"

#include <cmath>

namespace mml {

ClassRater::ClassRater(const ClassifiedRows& rows, Rankings rankings)
    : rows_(rows), answers_(answered_classes(rows)), forecasts_(forecasts(rows)) {
    for (std::int64_t row = 0; row < rows.rows(); ++row) {
        losses_.push_back(row_log_loss(rows.scores(row), rows.label(row)));
        distances_.push_back(row_brier_score(rows.scores(row), rows.label(row)));
    }
    if (rankings == Rankings::none) return;
    for (std::int32_t positive = rows.classes == 2 ? 1 : 0; positive < rows.classes; ++positive) {
        ranked_classes_.push_back(positive);
        if (rankings == Rankings::kept) rankings_.emplace_back(rows, positive);
    }
}

double ClassRater::mean_area(Area area, std::span<const float> weights) const {
    double total = 0;
    int classes = 0;
    for (std::size_t i = 0; i < ranked_classes_.size(); ++i) {
        const double value =
            rankings_.empty() ? (Ranking(rows_, ranked_classes_[i]).*area)(weights) : (rankings_[i].*area)(weights);
        if (std::isnan(value)) continue;
        total += value;
        ++classes;
    }
    return classes > 0 ? total / classes : undefined;
}

double ClassRater::calibration_error(std::span<const float> weights) const {
    return mml::calibration_error(binned(forecasts_, weights));
}

std::vector<MetricValue> ClassRater::metrics(std::span<const float> weights) const {
    const ClassCounts counts = count_classes(rows_, answers_, weights);
    std::vector<MetricValue> values;
    for (const Metric* metric : metrics_for(rows_.classes)) {
        const bool of_answers = metric->of_counts != nullptr;
        values.push_back({metric, of_answers ? metric->of_counts(counts) : metric->of_probabilities(*this, weights)});
    }
    return values;
}

std::vector<MetricValue> estimate_metrics(const EstimatedRows& rows) {
    std::vector<MetricValue> values;
    for (const Metric* metric : metrics_for(0)) values.push_back({metric, metric->of_estimates(rows)});
    return values;
}

}  // namespace mml
