// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/large_vector.hpp"
#include "base/ranks.hpp"
#include "base/tensors.hpp"
#include "data/dataset.hpp"
#include "data/sparse_rows.hpp"

namespace mml {

/// What was observed on one distinct row: `count` samples of this class or value, which together weigh `weight`.
struct Observation {
    std::int32_t row = 0;
    std::int32_t class_index = 0;  ///< classification
    std::int32_t count = 1;
    std::int32_t group = -1;  ///< -1 where groups do not count
    double value = 0;         ///< regression
    double weight = 1;
};

using Observations = LargeVector<Observation>;

/// Labelled samples with equal rows merged (in Moodle's data half of all rows repeat another one): each distinct row
/// once, in order of first appearance, and what was observed on it, sorted by row, class or value, and group. What training
/// works on, and what a model directory keeps for the next training.
struct Samples {
    SparseRows features;
    std::vector<std::string> column_names;
    bool named = false;
    Task task = Task::classification;
    std::vector<std::string> class_names;
    Observations observations;
    Categories categories = {};
    std::string target_name = {};  ///< Dataset::target_name
    /// Of each column the value from which its cells count; empty: all 0. Only of plain tables and arrays: what a model
    /// directory keeps has none.
    std::vector<double> origins = {};
    std::vector<std::string> warnings = {};  ///< on what float32 could not hold

    /// The classes; numbers count as one, and have class 0.
    std::size_t strata() const { return std::max<std::size_t>(1, class_names.size()); }
    /// Samples before merging.
    std::int64_t count() const;
    double weight() const;
    /// Bytes of the tensors that hold them, before they are compressed.
    std::int64_t bytes() const;
};

/// Merges the equal rows of a labelled data set. Samples of weight 0 are left out. The weights of the others are divided by
/// their mean: penalties and thresholds count in samples, so weights of 1/n, 1 or 1e30 train the same. `with_groups`: keeps
/// the data set's groups, so that training can hold out whole ones. `ranks`: whose weights have one mean and whose columns
/// count from one origin; each merges its own rows.
Samples merge_rows(const Dataset& dataset, bool with_groups = false, const Ranks& ranks = {});

/// The samples with the observations of all ranks, whose rows are numbered rank after rank; the table has this rank's rows
/// alone. *first_row: the number of the first of these.
Samples with_all_observations(const Samples& samples, const Ranks& ranks, std::int64_t* first_row);

/// All samples of both. Columns are matched by name where both have names (columns that only one side has are missing on the
/// other's rows), else by position; classes by name. Throws Error(mismatch) naming the columns of `kept` that `fresh`
/// lacks.
Samples join(const Samples& kept, const Samples& fresh);

/// At most `rows` distinct rows in at most `bytes`: where there are more, a random choice that keeps each class's total
/// weight (Efraimidis and Spirakis, 2006), the same for the same seed.
Samples limited(const Samples& samples, std::int64_t rows, std::int64_t bytes, std::uint64_t seed);

/// Stores all but the names, which are the caller's to store, as tensors named samples.*.
void store_samples(const Samples& samples, Tensors& tensors);
/// Throws Error(bad_model) where the tensors do not make valid samples. The names of columns and classes come back as so
/// many empty strings, which the caller sets.
Samples load_samples(const Tensors& tensors);

}  // namespace mml
