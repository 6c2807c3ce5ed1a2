// SPDX-License-Identifier: Apache-2.0
#include "evaluation/group_rating.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "evaluation/interval.hpp"
#include "evaluation/metric_table.hpp"
#include "evaluation/report_json.hpp"

namespace mml {

namespace {

constexpr std::uint64_t group_resamples = 200;

bool is_listed(const Metric& metric) { return std::string_view(metric.name) != "score"; }

std::int64_t classes_of(const RatedRows& rows) { return narrowed<std::int64_t>(rows.target.class_names.size()); }

template <typename Value>
void pick(const std::vector<Value>& from, std::size_t row, std::size_t width, std::vector<Value>& to) {
    if (from.empty()) return;
    const auto start = from.begin() + static_cast<std::ptrdiff_t>(row * width);
    to.insert(to.end(), start, start + static_cast<std::ptrdiff_t>(width));
}

RatedRows rows_of_group(const RatedRows& rows, std::int32_t group) {
    RatedRows found;
    found.target = {rows.target.task, rows.target.class_names, {}, {}};
    const std::size_t width = rows.target.class_names.size();
    for (std::size_t row = 0; row < rows.groups.size(); ++row) {
        if (rows.groups[row] != group) continue;
        pick(rows.target.class_indices, row, 1, found.target.class_indices);
        pick(rows.target.values, row, 1, found.target.values);
        pick(rows.weights, row, 1, found.weights);
        pick(rows.predictions, row, width, found.predictions);
        pick(rows.answers, row, 1, found.answers);
        pick(rows.estimates, row, 1, found.estimates);
    }
    return found;
}

// Shares of all rows, and of those that are of the class or not, that are answered with it.
void add_rates(const RatedRows& rows, std::span<const float> weights, std::optional<std::int32_t> positive,
               std::vector<double>& values) {
    double all[2] = {0, 0};
    double answered[2] = {0, 0};
    for (std::size_t row = 0; positive && row < rows.rows(); ++row) {
        const std::size_t side = rows.target.class_indices[row] == *positive ? 1 : 0;
        all[side] += weights[row];
        if (rows.answers[row] == *positive) answered[side] += weights[row];
    }
    const auto share = [](double part, double whole) { return whole > 0 ? part / whole : undefined; };
    values.push_back(share(answered[0] + answered[1], all[0] + all[1]));
    values.push_back(share(answered[1], all[1]));
    values.push_back(share(answered[0], all[0]));
}

void add_mean_error(const RatedRows& rows, std::span<const float> weights, std::vector<double>& values) {
    std::vector<double> errors;
    errors.reserve(rows.rows());
    for (std::size_t row = 0; row < rows.rows(); ++row) errors.push_back(rows.estimates[row] - rows.target.values[row]);
    values.push_back(weighted_mean(errors, weights));
}

// The measures of rows for one weighting after another.
class Measuring {
public:
    Measuring(RatedRows rows, std::optional<std::int32_t> positive)
        : rows_(std::move(rows)), metrics_(metrics_of(rows_)), positive_(positive) {}
    Measuring(const Measuring&) = delete;
    Measuring& operator=(const Measuring&) = delete;

    const RatedRows& rows() const { return rows_; }

    std::vector<double> measures(std::span<const float> weights) const {
        std::vector<double> values;
        for (const MetricValue& each : metrics_(weights)) {
            if (is_listed(*each.metric)) values.push_back(each.value);
        }
        if (rows_.target.task == Task::regression) {
            add_mean_error(rows_, weights, values);
        } else {
            add_rates(rows_, weights, positive_, values);
        }
        return values;
    }

    std::vector<std::vector<double>> resampled(std::uint64_t seed, std::uint64_t number, const Pause& pause) const {
        std::vector<std::vector<double>> list;
        for (std::uint64_t i = 0; i < group_resamples; ++i) {
            pause();
            RandomStream stream(seed, purpose::resampled_rows, number * group_resamples + i);
            std::vector<float> drawn(rows_.rows());
            for (std::size_t row = 0; row < drawn.size(); ++row) ++drawn[stream.below(drawn.size())];
            for (std::size_t row = 0; row < drawn.size(); ++row) drawn[row] *= rows_.weights[row];
            list.push_back(measures(drawn));
        }
        return list;
    }

private:
    RatedRows rows_;
    RowMetrics metrics_;
    std::optional<std::int32_t> positive_;
};

double mean_of_defined(const std::vector<double>& values) {
    double sum = 0;
    double count = 0;
    for (const double value : values) {
        if (!std::isfinite(value)) continue;
        sum += value;
        ++count;
    }
    return count > 0 ? sum / count : undefined;
}

// A group that is rated: what the iterations measured, and where that is one what resamples of its rows did.
struct RatedGroup {
    std::int32_t number = 0;
    std::int64_t rows = 0;
    double weight = 0;
    std::vector<std::vector<double>> iterations;  // of each, in their order: the measures, or none
    std::vector<std::vector<double>> resamples;

    std::vector<double> of_iterations(std::size_t measure) const {
        std::vector<double> values;
        for (const auto& each : iterations) values.push_back(each.empty() ? undefined : each[measure]);
        return values;
    }
};

class GroupReport {
public:
    GroupReport(const GroupFindings& findings, const RatedRows& rows, const Pause& pause)
        : findings_(findings), rows_(rows), measures_(group_measures(classes_of(rows))), pause_(pause) {}

    Json json() {
        choose();
        for (RatedGroup& group : rated_) measure(group);
        Json list = Json::array();
        for (const RatedGroup& group : rated_) list.push_back(group_json(group));
        Json gaps = Json::object();
        for (std::size_t i = 0; i < measures_.size(); ++i) add_gap(i, gaps);
        const bool named = findings_.positive.has_value();
        return {{"column", findings_.groups->column},
                {"class", named ? Json(rows_.target.class_names[as_size(*findings_.positive)]) : Json(nullptr)},
                {"rated", std::move(list)},
                {"left_out", left_out_},
                {"gaps", std::move(gaps)}};
    }

private:
    // The largest groups, in the order of their names.
    void choose() {
        std::vector<RatedGroup> all(findings_.groups->names.size());
        for (std::size_t i = 0; i < all.size(); ++i) all[i].number = narrowed<std::int32_t>(i);
        for (std::size_t row = 0; row < rows_.groups.size(); ++row) {
            RatedGroup& group = all[as_size(rows_.groups[row])];
            ++group.rows;
            group.weight += rows_.weights[row];
        }
        std::erase_if(all, [](const RatedGroup& group) { return group.rows == 0; });
        const std::size_t met = all.size();
        std::erase_if(all, [](const RatedGroup& group) { return group.rows < fewest_rows_of_group || group.weight <= 0; });
        std::ranges::stable_sort(all, std::greater<>(), &RatedGroup::rows);
        all.resize(std::min(all.size(), most_rated_groups));
        std::ranges::sort(all, {}, [&](const RatedGroup& group) { return name_of(group); });
        left_out_ = met - all.size();
        rated_ = std::move(all);
    }

    const std::string& name_of(const RatedGroup& group) const { return findings_.groups->names[as_size(group.number)]; }

    void measure(RatedGroup& group) {
        std::size_t count = 0;
        for (const auto& iteration : findings_.by_iteration) {
            group.iterations.push_back(iteration[as_size(group.number)]);
            count += group.iterations.back().empty() ? 0 : 1;
        }
        if (count >= 2) return;
        const Measuring rows(rows_of_group(rows_, group.number), findings_.positive);
        group.resamples = rows.resampled(findings_.seed, static_cast<std::uint64_t>(group.number), pause_);
    }

    double value_of(const RatedGroup& group, std::size_t measure) const {
        return mean_of_defined(group.of_iterations(measure));
    }

    Interval interval_of(const RatedGroup& group, std::size_t measure) const {
        if (group.resamples.empty()) return corrected_interval(group.of_iterations(measure), findings_.test_to_training);
        std::vector<double> values;
        for (const auto& resample : group.resamples) values.push_back(resample[measure]);
        return percentile_interval(std::move(values));
    }

    // Of the difference of two groups.
    Interval interval_of(const RatedGroup& high, const RatedGroup& low, std::size_t measure) const {
        std::vector<double> differences;
        if (high.resamples.empty() && low.resamples.empty()) {
            const std::vector<double> a = high.of_iterations(measure);
            const std::vector<double> b = low.of_iterations(measure);
            std::ranges::transform(a, b, std::back_inserter(differences), std::minus<>());
            return corrected_interval(differences, findings_.test_to_training);
        }
        if (high.resamples.empty() || low.resamples.empty()) return {};
        for (std::size_t i = 0; i < high.resamples.size(); ++i)
            differences.push_back(high.resamples[i][measure] - low.resamples[i][measure]);
        return percentile_interval(std::move(differences));
    }

    Json group_json(const RatedGroup& group) const {
        const double all = std::reduce(rows_.weights.begin(), rows_.weights.end(), 0.0);
        Json values = Json::object();
        for (std::size_t i = 0; i < measures_.size(); ++i) {
            values[measures_[i].name] = {{"value", number_or_null(value_of(group, i))},
                                         {"interval", interval_json(interval_of(group, i))}};
        }
        return {{"name", name_of(group)},
                {"rows", group.rows},
                {"share", number_or_null(group.weight / all)},
                {"measures", std::move(values)}};
    }

    void add_gap(std::size_t measure, Json& gaps) const {
        const RatedGroup* highest = nullptr;
        const RatedGroup* lowest = nullptr;
        for (const RatedGroup& group : rated_) {
            const double value = value_of(group, measure);
            if (!std::isfinite(value)) continue;
            if (highest == nullptr || value > value_of(*highest, measure)) highest = &group;
            if (lowest == nullptr || value < value_of(*lowest, measure)) lowest = &group;
        }
        if (highest == nullptr) return;
        gaps[measures_[measure].name] = {
            {"value", number_or_null(value_of(*highest, measure) - value_of(*lowest, measure))},
            {"interval", highest == lowest ? Json(nullptr) : interval_json(interval_of(*highest, *lowest, measure))},
            {"highest", name_of(*highest)},
            {"lowest", name_of(*lowest)},
            {"label", measures_[measure].label},
            {"meaning", measures_[measure].meaning}};
    }

    const GroupFindings& findings_;
    const RatedRows& rows_;
    std::vector<GroupMeasure> measures_;
    Pause pause_;
    std::vector<RatedGroup> rated_;
    std::size_t left_out_ = 0;
};

}  // namespace

std::vector<GroupMeasure> group_measures(std::int64_t classes) {
    std::vector<GroupMeasure> measures;
    for (const Metric* metric : metrics_for(classes)) {
        if (is_listed(*metric)) measures.push_back({metric->name, metric->label, metric->meaning});
    }
    if (classes == 0) {
        measures.push_back({"mean_error", "Mean error", "how much estimates are too high on average"});
        return measures;
    }
    measures.push_back({"flagged", "Flagged", "how many rows are answered with the class to find"});
    measures.push_back({"found", "Found", "how many rows of the class to find are answered with it"});
    measures.push_back({"false_alarms", "False alarms", "how many rows of other classes are answered with it"});
    return measures;
}

std::vector<std::vector<double>> measured_groups(const RatedRows& rows, std::size_t groups,
                                                 std::optional<std::int32_t> positive) {
    std::vector<std::vector<double>> list(groups);
    for (std::size_t group = 0; group < groups; ++group) {
        const Measuring measuring(rows_of_group(rows, narrowed<std::int32_t>(group)), positive);
        if (measuring.rows().rows() > 0) list[group] = measuring.measures(measuring.rows().weights);
    }
    return list;
}

Json groups_json(const GroupFindings& findings, const RatedRows& rows, const Pause& pause) {
    return GroupReport(findings, rows, pause).json();
}

void require_groups(const Dataset& dataset) {
    if (!dataset.groups) return;
    const std::vector<std::int32_t>& numbers = dataset.groups->of_row;
    if (std::ranges::adjacent_find(numbers, std::not_equal_to<>()) != numbers.end()) return;
    const std::string& column = dataset.groups->column;
    fail(Status::bad_data,
         concat(dataset.source, ": ", column.empty() ? std::string("the groups") : concat("column ", quote(column)),
                " has one value only, ", quote(dataset.groups->names[as_size(numbers.front())]),
                ", so there are no groups to compare: give another column, or leave groups out"));
}

}  // namespace mml
