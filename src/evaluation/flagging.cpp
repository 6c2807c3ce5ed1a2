// SPDX-License-Identifier: Apache-2.0
#include "evaluation/flagging.hpp"

#include <algorithm>
#include <array>

#include "base/index.hpp"
#include "base/text.hpp"
#include "evaluation/rating.hpp"
#include "evaluation/report_json.hpp"

namespace mml {

namespace {

// Of the rows, those that a report flags.
constexpr std::array flagged_shares{0.01, 0.02, 0.05, 0.1, 0.2, 0.3};

double weight_of(const Ranking::Above& above) { return above.positives + above.negatives; }

// The rows that the model decided to be of the class.
Flagged flag_answers(const RatedRows& rows, std::int32_t positive) {
    Flagged flagged;
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        if (rows.answers[row] != positive) continue;
        const double weight = rows.weights[row];
        flagged.rows += weight;
        if (rows.target.class_indices[row] == positive) flagged.right += weight;
    }
    return flagged;
}

// Precision and lift are undefined where nothing is flagged.
Json flagged_json(const Flagged& flagged, double share, const Ranking::Above& all) {
    const double base = all.positives / weight_of(all);
    const double precision = flagged.rows > 0 ? flagged.right / flagged.rows : undefined;
    return {{"flagged", share},
            {"rows", flagged.rows},
            {"recall", flagged.right / all.positives},
            {"precision", number_or_null(precision)},
            {"lift", number_or_null(precision / base)}};
}

}  // namespace

std::optional<std::int32_t> class_to_find(const RatedRows& rows) { return class_to_find(rows.target, rows.weights); }

std::optional<std::int32_t> class_to_find(const Target& target, std::span<const float> weights) {
    const std::vector<double> sums = class_weights(target, weights);
    if (std::ranges::count_if(sums, [](double sum) { return sum > 0; }) < 2) return std::nullopt;
    if (sums.size() == 2) return 1;
    std::size_t rarest = 0;
    for (std::size_t i = 1; i < sums.size(); ++i) {
        if (sums[i] > 0 && (sums[rarest] <= 0 || sums[i] < sums[rarest])) rarest = i;
    }
    return narrowed<std::int32_t>(rarest);
}

Flagged flag_most_likely(const std::vector<Ranking::Above>& above, double share) {
    const double wanted = share * weight_of(above.back());
    Ranking::Above before;
    for (const Ranking::Above& threshold : above) {
        if (weight_of(threshold) >= wanted) {
            const double part = (wanted - weight_of(before)) / (weight_of(threshold) - weight_of(before));
            return {wanted, before.positives + part * (threshold.positives - before.positives)};
        }
        before = threshold;
    }
    return {wanted, above.back().positives};
}

Json flagging_json(const RatedRows& rows) {
    const std::optional<std::int32_t> positive = class_to_find(rows);
    if (!positive) return nullptr;
    const ClassifiedRows classes = classified(rows.target, rows.weights, rows.predictions, rows.answers);
    const auto above = Ranking(classes, *positive).thresholds(rows.weights);
    const Ranking::Above& all = above.back();
    Json levels = Json::array();
    for (const double share : flagged_shares) levels.push_back(flagged_json(flag_most_likely(above, share), share, all));
    const Flagged decided = flag_answers(rows, *positive);
    return {{"class", valid_utf8(item(rows.target.class_names, *positive))},
            {"share", all.positives / weight_of(all)},
            {"rows", weight_of(all)},
            {"levels", std::move(levels)},
            {"decision", flagged_json(decided, decided.rows / weight_of(all), all)}};
}

}  // namespace mml
