// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.hpp"
#include "model/model.hpp"

namespace mml {

/// What a model's file keeps of a report: its kind, rows, verdict, metrics with intervals and baseline, reliability and the
/// gaps between groups. It names no group, and has no value of a sample. Points of fewer than 10 rows are joined.
Json kept_report(const Json& report);

/// The same model, whose description, and so its card, has kept_report() as "evaluation". A report that was kept before is
/// replaced. Throws Error(mismatch) where the report is on another task or on classes that the model does not have.
Model with_report(const Model& model, const Json& report);

}  // namespace mml
