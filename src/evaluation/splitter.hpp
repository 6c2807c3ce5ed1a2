// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "config/config.hpp"
#include "data/dataset.hpp"
#include "data/splits.hpp"

namespace mml {

/// What becomes of classes too rare to be in the training and the test rows of every split.
enum class RareClasses {
    required,  ///< a split that lacks one cannot be rated, as Moodle has it
    reported   ///< each split trains on them, those that can rate them, and notes() tell so, where two other classes remain
};

/// The splits of a labelled data set that options resampling, iterations, test_share and seed ask for. Refers to the data
/// set.
class Splitter {
public:
    /// Throws Error(invalid_argument) where the options contradict each other.
    Splitter(const Dataset& dataset, const Config& config, RareClasses rare_classes = RareClasses::required);

    int iterations() const { return iterations_; }
    Split split(int iteration) const;

    /// What a split's training or test rows lack, in words: a class that the data set has, or, for regression, any
    /// sample. Nothing where the split can be rated. Samples of weight 0 do not count.
    std::optional<std::string> lack(const Split& split) const;

    /// Sentences on rare classes.
    std::vector<std::string> notes() const;

    /// The options, for the report.
    Json options() const;

private:
    std::vector<std::int64_t> samples_of_classes(std::span<const std::int64_t> rows) const;
    void find_rare_classes();
    void train_on_rare_classes(Split& split) const;
    void deal_into_folds_of_groups();
    void split_by_time();

    const Dataset& dataset_;
    std::string resampling_;
    int iterations_;
    double test_share_;
    std::uint64_t seed_;
    std::vector<std::int32_t> fold_of_row_;
    std::vector<Split> by_time_;
    std::vector<std::int64_t> available_;  // samples of each class in the whole data set
    std::vector<bool> rare_;               // of each class, where rare ones are only reported; else empty
};

}  // namespace mml
