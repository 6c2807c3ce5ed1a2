// SPDX-License-Identifier: Apache-2.0
#include "evaluation/rater.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mml {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
}  // namespace

Interval bounds_of_metric(const std::string& name, std::int64_t classes) {
    if (name == "r2" || (name == "score" && classes == 0)) return {-infinity, 1};
    if (name == "log_loss" || name == "rmse" || name == "mae") return {0, infinity};
    if (name == "brier_score") return {0, classes > 2 ? 2.0 : 1.0};
    if (name == "matthews_correlation") return {-1, 1};
    return {0, 1};
}

ClassRater::ClassRater(const ClassifiedRows& rows, Rankings rankings)
    : rows_(rows), predicted_(predicted_classes(rows)), forecasts_(forecasts(rows)) {
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

std::vector<NamedValue> ClassRater::metrics(std::span<const float> weights) const {
    const ClassCounts counts = count_classes(rows_, predicted_, weights);
    const ClassScores scores = weighted_scores(counts);
    const double roc_area = mean_area(&Ranking::roc_auc, weights);
    const double precision_area = mean_area(&Ranking::average_precision, weights);
    const bool two = rows_.classes == 2;
    std::vector<NamedValue> metrics{{"score", scores.f1_score},
                                    {"accuracy", accuracy(counts)},
                                    {"balanced_accuracy", balanced_accuracy(counts)},
                                    {"precision", scores.precision},
                                    {"recall", scores.recall},
                                    {"f1_score", scores.f1_score},
                                    {"matthews_correlation", matthews_correlation(counts)},
                                    {"roc_auc", two ? roc_area : undefined},
                                    {"pr_auc", two ? precision_area : undefined},
                                    {"log_loss", weighted_mean(losses_, weights)},
                                    {"brier_score", weighted_mean(distances_, weights)},
                                    {"calibration_error", calibration_error(binned(forecasts_, weights))}};
    if (rows_.classes > 2) {
        metrics.push_back({"roc_auc_one_vs_rest", roc_area});
        metrics.push_back({"pr_auc_one_vs_rest", precision_area});
    }
    return metrics;
}

std::vector<NamedValue> estimate_metrics(const EstimatedRows& rows) {
    const double share = r_squared(rows);
    return {{"score", share}, {"rmse", root_mean_squared_error(rows)}, {"mae", mean_absolute_error(rows)}, {"r2", share}};
}

}  // namespace mml
