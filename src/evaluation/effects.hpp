// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "base/json.hpp"
#include "base/supervisor.hpp"
#include "data/dataset.hpp"
#include "model/model.hpp"

namespace mml {

struct HeldOut;

/// Most columns whose effect is drawn, and most steps of one.
constexpr std::size_t most_drawn_effects = 6;
constexpr std::size_t most_effect_steps = 16;

/// Accumulated local effects (Apley and Zhu, 2020) of columns of numbers, over the models: how the answer changes, on
/// average, as a column's cell rises from step to step and the row's other cells stay. Partial dependence would put every
/// value into every row, and so ask the models about rows that never occur where columns go together, as those of one course
/// do. The answer is the probability of `shown_class`, or the estimate. Rows without the cell are left out.
Json effects_json(const std::vector<HeldOut>& held_out, const std::vector<std::size_t>& columns, std::int32_t shown_class,
                  Progress progress);

/// For level_effects.hpp, too: at most `most` rows, at even distances, fewer where there are many columns.
std::vector<std::int64_t> evenly_chosen(const Dataset& rows, std::size_t most);
/// The probability of `shown_class`, or the estimate, one a row.
std::vector<double> shown_answers(const Model& model, const Dataset& rows, std::int32_t shown_class);
/// The cells of one column, of all rows.
std::vector<float> held_out_cells(const std::vector<HeldOut>& held_out, std::size_t column);
/// Six digits after the point.
double rounded_for_drawing(double value);

}  // namespace mml
