// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "data/categories.hpp"
#include "data/sample_groups.hpp"
#include "data/sparse_rows.hpp"

namespace mml {

/// Same numbers as mml_task in moodleml.h.
enum class Task : std::int32_t { classification = 1, regression = 2 };

/// "classification" or "regression".
const char* task_name(Task task);
/// What a target is: "class" or "number".
const char* target_kind(Task task);

/// What is known of the samples' target.
struct Target {
    Task task = Task::classification;
    std::vector<std::string> class_names;     ///< classification
    std::vector<std::int32_t> class_indices;  ///< classification: one a row, an index into class_names
    std::vector<double> values;               ///< regression: one a row, finite

    std::size_t rows() const { return class_indices.size() + values.size(); }
    /// The value of a row, or its class's number.
    double number(std::size_t row) const { return values.empty() ? class_indices[row] : values[row]; }
    /// The classes; numbers count as one.
    std::size_t strata() const { return std::max<std::size_t>(1, class_names.size()); }
    std::size_t stratum(std::size_t row) const {
        return class_indices.empty() ? 0 : static_cast<std::size_t>(class_indices[row]);
    }
};

/// A table of samples, as read from a file or given as arrays. Vectors of one entry a row are empty where they are not
/// known.
struct Dataset {
    std::string source;  ///< what messages call it: the file's name in quotes, or "the data set"
    SparseRows features;
    SparseRows remainders = SparseRows();   ///< what float32 rounds off the features (remainders.hpp); no rows: nothing
    std::vector<std::string> column_names;  ///< one a feature; "x0", "x1", ... where nobody named them
    bool named = false;                     ///< whether somebody did
    Categories categories = {};
    std::string target_name = {};  ///< what the target's column was called; empty: not known
    std::vector<std::string> row_ids;
    std::optional<Target> target;
    std::vector<float> weights;  ///< not negative, times two to the power below; empty: 1 each
    int weights_exponent = 0;
    std::optional<SampleGroups> groups = {};
    std::vector<double> times = {};  ///< what orders the samples; NaN: not known
    /// A Moodle file's metadata, in the file's order.
    std::vector<std::pair<std::string, std::string>> metadata;
    /// An unlabelled Moodle file's first name, which stands over the ids, or over the first feature where the header lacks
    /// a name for the ids.
    std::string id_column_name;
    /// What an unlabelled Moodle file's targetclasses lists; empty where it lists nothing that could be read.
    std::vector<std::string> target_classes;
    /// What a person should know of the file though it was accepted, one sentence each.
    std::vector<std::string> notes;

    std::int64_t rows() const { return features.rows(); }
    std::int64_t columns() const { return features.columns(); }

    /// Finite numbers that are not negative, one a row. They may be beyond float32, for weights are relative: a power of two
    /// then scales them all. None but 0 becomes 0.
    void set_weights(std::span<const double> values);
};

/// Names x0, x1, ... for columns that nobody named.
std::vector<std::string> default_column_names(std::int64_t count);

/// What was observed on the given rows.
Target selected(const Target& target, std::span<const std::int64_t> rows);
/// The given rows with all that belongs to them; row numbers must be in range.
Dataset selected(const Dataset& dataset, std::span<const std::int64_t> rows);

}  // namespace mml
