// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/json.hpp"
#include "base/supervisor.hpp"
#include "evaluation/column_units.hpp"
#include "model/model.hpp"

namespace mml {

// Which columns a model's answers rest on, measured on rows that it was not trained on.

/// A model with such rows, whose target has the model's classes in its order.
struct HeldOut {
    std::shared_ptr<const Model> model;
    Dataset rows;
};

/// Most models that importance is measured with; with 10 splits all.
constexpr std::size_t most_measured_models = 10;

struct ImportanceSettings {
    std::int64_t units = 20;  ///< most units that are permuted
    std::uint64_t seed = 1;
    double test_to_training = 0;   ///< a split's test rows by its training rows; for the interval
    std::int32_t shown_class = 1;  ///< class whose probability effects are about, in the models' order
};

/// The field "importance" of a report; README.md of this folder lists its fields. `held_out` has at least one model.
///
/// Permutation importance (Breiman, 2001; Fisher, Rudin and Dominici, 2019): by how much the loss rises when the cells of a
/// unit go to other rows, those of all its columns together. The units that are permuted have the largest mean contributions
/// (Model::explain()); others would show 0. A model is measured on at most 1,000 rows, and only rows whose cells change
/// are predicted again.
Json importance_json(const std::vector<HeldOut>& held_out, const std::vector<ColumnUnit>& units,
                     const ImportanceSettings& settings, Progress progress);

}  // namespace mml
