// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/dataset.hpp"
#include "data/samples.hpp"

namespace mml {

/// Two parts of a data set as row numbers, each rising.
struct Split {
    std::vector<std::int64_t> train;
    std::vector<std::int64_t> test;
};

/// A random split, another for each iteration and the same for the same seed and iteration. `test_share` of the rows are
/// held out: of each class where `stratified` (a class of one row stays in training), else of all rows. Each class so split,
/// or the whole, has a row on both sides where it has two. A data set without classes is split as one class.
Split random_split(const Dataset& dataset, double test_share, bool stratified, std::uint64_t seed, std::uint64_t iteration);

/// The fold of each row, 0 ... folds - 1: rows are shuffled within their class and dealt round robin, so that neither the
/// folds' sizes nor their numbers of rows of one class differ by more than one. Folds without a row occur where there are
/// fewer rows.
std::vector<std::int32_t> deal_into_folds(const Dataset& dataset, int folds, std::uint64_t seed);

/// The same with rows of equal features kept together, so that none is tested by a model that was trained on its like. The
/// largest groups are dealt first, each to the fold that has the fewest rows of the group's most frequent class, so the
/// folds' sizes differ by as little as the groups allow.
std::vector<std::int32_t> deal_equal_rows_into_folds(const Dataset& dataset, int folds, std::uint64_t seed);

/// The same with rows of one group kept together; `group_of_row`: numbers from 0.
std::vector<std::int32_t> deal_groups_into_folds(const Dataset& dataset, std::span<const std::int32_t> group_of_row,
                                                 int folds, std::uint64_t seed);

/// Splits by time, `count` of them (Tashman, 2000: a rolling origin): the rows in order of their times, NaN nowhere, make
/// count + 1 parts of nearly equal sizes; split i trains on parts 0 ... i and tests on part i + 1. Rows of one time stay
/// together, so a part may be empty where many share one.
std::vector<Split> splits_by_time(std::span<const double> times, int count);

/// The rows of one fold as the test part, all others as the training part.
Split fold_split(std::span<const std::int32_t> fold_of_row, std::int32_t fold);

/// The samples of one observation that fell into one fold.
struct FoldedObservation {
    std::int32_t row = 0;
    std::int32_t class_index = 0;
    std::int32_t count = 0;
    std::int32_t fold = 0;
    double value = 0;
    double weight = 0;  ///< the observation's, in proportion to `count`
};

using FoldedObservations = LargeVector<FoldedObservation>;

/// Deals the samples behind the observations into folds for training, of nearly equal sizes and shares of the classes. Half
/// of the rows, chosen at random, go to one fold with all their samples, unless they are a large part of a class; the
/// samples of the others are dealt one by one, and what falls together is given together. So what is rated on held-out folds
/// is rated half on rows that training has met as well (in Moodle's data half of all rows repeat another one) and half on
/// new ones, as predictions will be. Sorted as the observations are, then by fold. Where the observations have groups, each
/// fold holds whole groups instead. A class that is in one fold alone is then given the fold number `folds`, which is never
/// held out.
FoldedObservations deal_into_folds(const Samples& samples, int folds, std::uint64_t seed);

}  // namespace mml
