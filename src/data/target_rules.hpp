// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "data/csv/cell_rules.hpp"
#include "data/dataset.hpp"

namespace mml {

// What a target's values mean, wherever a table comes from.

/// Whether numbers are classes where nothing says so: up to 20 different whole ones.
class NumberClasses {
public:
    void add(double value);
    /// An odd cell among numbers: a value of its own.
    void add_other() { ++others_; }
    bool hold() const { return !fractions_ && different_.size() + others_ <= most; }

private:
    static constexpr std::size_t most = 20;

    std::set<double> different_;  // grows to most + 1
    std::size_t others_ = 0;
    bool fractions_ = false;
};

/// Each number that occurs is a class, sorted.
Target classes_of_numbers(std::span<const double> values);

/// Each text that occurs is a class, sorted. codes: of each row its text.
Target classes_of_texts(const std::vector<std::string>& texts, std::span<const std::int32_t> codes);

/// Notes labels that look like a missing value, and labels that differ in blanks or capitals only.
void note_odd_labels(const std::vector<std::string>& texts, const CellRules& rules, const std::string& source,
                     std::vector<std::string>& notes);

}  // namespace mml
