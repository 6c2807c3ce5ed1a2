// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "data/dataset.hpp"
#include "evaluation/rated_rows.hpp"

namespace mml {

// Whether a model is as good for one group of the samples as for another.

/// Most groups that are rated, the largest ones; fewest test rows of such a group.
constexpr std::size_t most_rated_groups = 20;
constexpr std::int64_t fewest_rows_of_group = 10;

/// What is measured of each group: the metrics of the task (metric_table.hpp); of classes the share of the rows that are
/// answered with the class to find, and of the rows that are of it, or are not (Hardt, Price and Srebro, 2016, on why these
/// two); of numbers the mean error.
struct GroupMeasure {
    std::string name;
    std::string label;
    std::string meaning;
};
std::vector<GroupMeasure> group_measures(std::int64_t classes);

/// The measures of each group of one iteration's test rows; empty for a group without rows. `positive`: the class to find.
std::vector<std::vector<double>> measured_groups(const RatedRows& rows, std::size_t groups,
                                                 std::optional<std::int32_t> positive);

struct GroupFindings {
    const SampleGroups* groups = nullptr;
    std::optional<std::int32_t> positive;                             ///< the class to find
    std::vector<std::vector<std::vector<double>>> by_iteration = {};  ///< measured_groups() of each
    double test_to_training = 0;
    std::uint64_t seed = 1;
};

/// The field "groups" of a report; README.md of this folder lists its fields. Intervals are over the iterations that rated a
/// group, or over resamples of its rows where that is one. pause: called before each resample.
Json groups_json(const GroupFindings& findings, const RatedRows& rows, const Pause& pause = {});

/// Throws Error(bad_data) where groups are given and all samples are of one.
void require_groups(const Dataset& dataset);

}  // namespace mml
