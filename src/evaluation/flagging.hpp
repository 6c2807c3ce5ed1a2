// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/json.hpp"
#include "evaluation/rated_rows.hpp"
#include "metrics/ranking.hpp"

namespace mml {

// What a teacher gets who looks after the rows that are most likely of one class: how many rows those are, how many of the
// class are among them, and how many are flagged in vain. Rows count by their weight.

/// The class to find: the second of two, as for ROC curves, options such as decision=share and Moodle, whose second class is
/// what a model is there for; of more the rarest, which is the hardest to find. Nothing where all rows are of one class.
std::optional<std::int32_t> class_to_find(const RatedRows& rows);

/// The same of a data set's rows.
std::optional<std::int32_t> class_to_find(const Target& target, std::span<const float> weights);

/// So many rows flagged, and what of the class is among them.
struct Flagged {
    double rows = 0;   ///< flagged
    double right = 0;  ///< of these, of the class
};

/// The rows of the highest probability, this share of all; `above` is Ranking::thresholds(). Rows of equal probability share
/// the places that are left, as by lot.
Flagged flag_most_likely(const std::vector<Ranking::Above>& above, double share);

/// The field "flagging" of a report: null for regression and where there is no class to find.
Json flagging_json(const RatedRows& rows);

}  // namespace mml
