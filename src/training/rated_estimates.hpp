// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace mml {

/// Estimates of observations by models that did not see them, in the target's unit.
struct RatedEstimates {
    std::vector<double> estimates = {};
    std::vector<double> targets = {};
    std::vector<float> weights = {};
    std::vector<std::int64_t> rows = {};    ///< of the training features
    std::vector<std::int32_t> counts = {};  ///< samples behind each observation

    std::size_t size() const { return targets.size(); }
};

}  // namespace mml
