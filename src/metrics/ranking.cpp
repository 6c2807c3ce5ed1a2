// SPDX-License-Identifier: Apache-2.0
#include "metrics/ranking.hpp"

#include <algorithm>
#include <functional>
#include <limits>

#include "base/index.hpp"

namespace mml {

Ranking::Ranking(const ClassifiedRows& rows, std::int32_t positive) {
    const auto score = [&](const Place& place) { return item(rows.scores(place.row), positive); };
    places_.reserve(rows.labels.size());
    for (std::int64_t row = 0; row < rows.rows(); ++row) {
        places_.push_back({narrowed<std::uint32_t>(row), rows.label(row) == positive, true});
    }
    // Stable, so that sums of weights do not depend on how the library sorts.
    std::ranges::stable_sort(places_, std::greater<>(), score);
    for (std::size_t i = 1; i < places_.size(); ++i) {
        places_[i - 1].last_of_equals = score(places_[i - 1]) != score(places_[i]);
    }
}

// Calls visit(above the threshold before, above this one); returns all rows.
template <typename Visit>
Ranking::Above Ranking::visit_thresholds(std::span<const float> weights, Visit visit) const {
    Above before;
    Above above;
    for (const Place& place : places_) {
        (place.positive ? above.positives : above.negatives) += weights.empty() ? 1.0 : weights[place.row];
        if (!place.last_of_equals) continue;
        visit(before, above);
        before = above;
    }
    return above;
}

double Ranking::roc_auc(std::span<const float> weights) const {
    double area = 0;
    const Above all = visit_thresholds(weights, [&](const Above& before, const Above& above) {
        area += (above.negatives - before.negatives) * (before.positives + above.positives) / 2;
    });
    return all.positives > 0 && all.negatives > 0 ? area / (all.positives * all.negatives) : undefined;
}

double Ranking::average_precision(std::span<const float> weights) const {
    double sum = 0;
    const Above all = visit_thresholds(weights, [&](const Above& before, const Above& above) {
        if (above.positives == before.positives) return;
        sum += (above.positives - before.positives) * above.positives / (above.positives + above.negatives);
    });
    return all.positives > 0 ? sum / all.positives : undefined;
}

std::vector<Ranking::Above> Ranking::thresholds(std::span<const float> weights) const {
    std::vector<Above> list;
    visit_thresholds(weights, [&](const Above&, const Above& above) { list.push_back(above); });
    return list;
}

void Ranking::visit_rows(std::span<const float> weights, const VisitRow& visit) const {
    std::size_t first = 0;
    std::size_t last = 0;
    visit_thresholds(weights, [&](const Above& before, const Above& above) {
        while (!places_[last].last_of_equals) ++last;
        for (++last; first < last; ++first) visit(places_[first].row, before, above);
    });
}

}  // namespace mml
