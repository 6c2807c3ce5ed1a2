// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/csv/cell_rules.hpp"
#include "data/csv/label_column.hpp"

namespace mml {

/// What the target of a plain table is to be.
struct TargetWish {
    enum class Kind {
        found,  ///< a number where most cells begin like one and more than 20 of them, or fractions, differ; else a class
        classes,
        numbers
    };
    Kind kind = Kind::found;
    std::vector<std::string> known_classes = {};  ///< a model's: what equals one of them as a number is called like it
};

/// The target of a plain table. Labels that are numbers are compared as numbers (`1` and `1.0` are one class) unless two
/// that are written differently would become one, as the postcodes 01067 and 1067 would: then as texts. Classes are sorted,
/// numbers before texts.
std::unique_ptr<LabelColumn> table_labels(const CellRules& rules, TargetWish wish);

}  // namespace mml
