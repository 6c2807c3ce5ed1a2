// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <moodleml/moodleml.hpp>

namespace mml::cli {

/// What the cells of a data set are like.
struct CellSurvey {
    std::int64_t cells = 0;
    std::int64_t missing = 0;
    std::int64_t zero = 0;
    std::int64_t empty_columns = 0;     ///< without any value
    std::int64_t constant_columns = 0;  ///< with one value everywhere; a missing cell counts as another value
};

/// Looks at a block of rows at a time, so that a wide table need not be expanded as a whole.
CellSurvey survey_cells(const moodleml::Dataset& dataset);

}  // namespace mml::cli
