// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.hpp"

namespace mml {

/// The field "verdict" of a report, from its other fields: whether the model is better than guessing, in words.
///
/// Classes are judged by skill: the log loss of the probabilities and the balanced accuracy of the answers, each with its
/// interval beside the baseline's. Neither is near its best for a constant answer, as weighted F1 is where one class is
/// rare. Numbers are judged by R squared.
Json verdict_json(const Json& report);

}  // namespace mml
