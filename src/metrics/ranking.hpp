// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "metrics/metrics.hpp"

namespace mml {

/// Rows in the order of their probability of one class. Sorting is what takes long, so it is done once for any weights.
/// Refers to the rows that it was made of.
class Ranking {
public:
    Ranking(const ClassifiedRows& rows, std::int32_t positive);

    /// roc_auc() and average_precision() with these weights of the rows; empty: 1 each.
    double roc_auc(std::span<const float> weights) const;
    double average_precision(std::span<const float> weights) const;

    /// The weight of the rows whose probability is at least some threshold.
    struct Above {
        double positives = 0;  ///< of the class
        double negatives = 0;  ///< of the others
    };
    /// For each threshold that tells rows apart, from the highest down; the last holds all rows.
    std::vector<Above> thresholds(std::span<const float> weights) const;

    /// Calls visit(row, what is above the row's threshold without the rows of equal probability, and with them) for each
    /// row.
    using VisitRow = std::function<void(std::int64_t, const Above& before, const Above& above)>;
    void visit_rows(std::span<const float> weights, const VisitRow& visit) const;

private:
    template <typename Visit>
    Above visit_thresholds(std::span<const float> weights, Visit visit) const;

    struct Place {
        std::uint32_t row;
        bool positive;
        bool last_of_equals;
    };
    std::vector<Place> places_;  // from the highest probability down
};

}  // namespace mml
