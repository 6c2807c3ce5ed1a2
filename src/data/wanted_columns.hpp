// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "data/categories.hpp"
#include "data/dataset.hpp"

namespace mml {

/// What a model takes: a file that is read for it need not be guessed at.
struct WantedColumns {
    std::vector<std::string> names;  ///< empty: nobody named them
    Categories categories;
    Task task = Task::classification;
    std::vector<std::string> classes;
    std::string target;  ///< what the target's column was called; empty: not known
};

}  // namespace mml
