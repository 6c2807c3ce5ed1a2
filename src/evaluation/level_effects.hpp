// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "base/json.hpp"
#include "base/supervisor.hpp"

namespace mml {

struct HeldOut;

/// Most levels of a category whose effect is drawn, the most frequent ones; fewest test rows of such a level.
constexpr std::size_t most_drawn_levels = 12;
constexpr std::int64_t fewest_rows_of_level = 4;

/// How the answer depends on a category: [{"name", "levels": [{"name", "share", "effect"}]}], the most frequent level first.
/// Partial dependence (Friedman, 2001): each row is answered as if it had one level after the other, and the rest of the row
/// stays. Levels have no order along which effects could accumulate, as effects_json() has them of numbers. The effect is
/// compared with the mean over the levels, by their shares. Columns with fewer than two such levels are left out.
Json level_effects_json(const std::vector<HeldOut>& held_out, const std::vector<std::size_t>& columns,
                        std::int32_t shown_class, Progress progress);

}  // namespace mml
