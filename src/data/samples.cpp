// SPDX-License-Identifier: Apache-2.0
#include "data/samples.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/text.hpp"
#include "data/equal_rows.hpp"
#include "data/remainders.hpp"
#include "data/united_names.hpp"

namespace mml {

namespace {

auto order_of(const Observation& observation) {
    return std::tuple(observation.row, observation.class_index, observation.value, observation.group);
}

// Sorts by row, class or value, and group, and unites what is equal in these.
void merge_observations(Observations& observations) {
    // Of rows that all differ they are in order, and sorting takes memory.
    if (!std::ranges::is_sorted(observations, {}, order_of)) std::ranges::stable_sort(observations, {}, order_of);
    std::int64_t samples = 0;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < observations.size(); ++i) {
        const Observation observation = observations[i];
        samples += observation.count;
        if (samples > std::numeric_limits<std::int32_t>::max()) {
            fail(Status::limit, "more than 2147483647 samples: train on fewer, or lower option keep_rows");
        }
        if (kept > 0 && order_of(observations[kept - 1]) == order_of(observation)) {
            observations[kept - 1].count += observation.count;
            observations[kept - 1].weight += observation.weight;
        } else {
            observations[kept++] = observation;
        }
    }
    observations.resize(kept);
    observations.shrink_to_fit();
}

double weight_of(const Dataset& dataset, std::size_t row) {
    if (dataset.weights.empty()) return 1;
    const double weight = dataset.weights[row];
    if (!std::isfinite(weight) || weight < 0) {
        fail(Status::bad_data, concat(dataset.source, ", sample ", row + 1, ": its weight is ", weight,
                                      "; weights are finite and not negative"));
    }
    return weight;
}

Observation observed(const Target& target, std::size_t row) {
    Observation observation;
    if (target.task == Task::classification) {
        observation.class_index = target.class_indices[row];
    } else {
        observation.value = target.values[row] + 0.0;  // -0 and +0 are one value
    }
    return observation;
}

// The columns of two tables as one: for each, its number in either table or -1.
struct UnitedColumns {
    std::vector<std::string> names;
    std::vector<std::int32_t> kept;
    std::vector<std::int32_t> fresh;
};

void refuse_missing(const Samples& kept, const UnitedColumns& columns) {
    std::vector<std::string> missing;
    for (std::size_t i = 0; i < kept.column_names.size(); ++i) {
        if (columns.fresh[i] < 0) missing.push_back(kept.column_names[i]);
    }
    if (missing.empty()) return;
    fail(Status::mismatch, concat("the new samples lack ", missing.size(), " of the columns trained on before: ",
                                  quoted_list(missing), "; add them (empty if unknown), or train a new model"));
}

UnitedColumns columns_by_name(const Samples& kept, const Samples& fresh) {
    UnitedColumns columns{kept.column_names, {}, {}};
    const std::vector<std::int32_t> places = unite_names(columns.names, fresh.column_names);
    columns.kept.assign(columns.names.size(), -1);
    columns.fresh.assign(columns.names.size(), -1);
    std::iota(columns.kept.begin(), columns.kept.begin() + kept.features.columns(), 0);
    for (std::size_t i = 0; i < places.size(); ++i) item(columns.fresh, places[i]) = narrowed<std::int32_t>(i);
    refuse_missing(kept, columns);
    return columns;
}

UnitedColumns columns_by_position(const Samples& kept, const Samples& fresh) {
    if (kept.features.columns() != fresh.features.columns()) {
        fail(Status::mismatch,
             concat("the new samples have ", fresh.features.columns(), " columns where ", kept.features.columns(),
                    " were trained on before; give both names, or the same number"));
    }
    UnitedColumns columns{fresh.named ? fresh.column_names : kept.column_names, {}, {}};
    columns.kept.resize(columns.names.size());
    std::iota(columns.kept.begin(), columns.kept.end(), 0);
    columns.fresh = columns.kept;
    return columns;
}

// Adds a row in the terms of another background, from which its own differs in the columns given.
void append_rebased(SparseRows& result, SparseRow row, const std::vector<float>& background,
                    const std::vector<std::uint32_t>& differing) {
    std::size_t next = 0;
    for (const std::uint32_t column : differing) {
        for (; next < row.columns.size() && row.columns[next] < column; ++next) {
            result.add_stored_cell(row.columns[next], row.values[next]);
        }
        const bool stored = next < row.columns.size() && row.columns[next] == column;
        result.add_cell(column, stored ? row.values[next++] : background[column]);
    }
    for (; next < row.columns.size(); ++next) result.add_stored_cell(row.columns[next], row.values[next]);
    result.end_row();
}

SparseRows rebased(SparseRows rows, const std::vector<float>& background) {
    std::vector<std::uint32_t> differing;
    for (std::size_t i = 0; i < background.size(); ++i) {
        if (!same_cell(rows.background()[i], background[i])) differing.push_back(narrowed<std::uint32_t>(i));
    }
    if (differing.empty()) return rows;
    SparseRows result(background);
    RowSpace space;
    for (std::int64_t i = 0; i < rows.rows(); ++i) append_rebased(result, rows.row(i, space), rows.background(), differing);
    return result;
}

// Adds the observations of one side, whose rows follow `before` others in the table of both, with their new row and class
// numbers.
void add_side(const Samples& side, std::int64_t before, const EqualRows& equal, const std::vector<std::int32_t>& classes,
              Observations& observations) {
    for (Observation observation : side.observations) {
        observation.row = item(equal.numbers, before + observation.row);
        if (!classes.empty()) observation.class_index = item(classes, observation.class_index);
        observations.push_back(observation);
    }
}

// What the weights of these rows are divided by: their mean. Where all are equal it is exactly that weight, so that the
// samples are the same bits as without weights.
double unit_of_weights(const Dataset& dataset, const LargeVector<std::int64_t>& rows) {
    if (dataset.weights.empty() || rows.empty()) return 1;
    const double first = weight_of(dataset, as_size(rows.front()));
    double sum = 0;
    bool all_equal = true;
    for (const std::int64_t row : rows) {
        const double weight = weight_of(dataset, as_size(row));
        sum += weight;
        all_equal = all_equal && weight == first;
    }
    return all_equal ? first : sum / static_cast<double>(rows.size());
}

// The same over the rows of all ranks. Ranks without weights count 1 each.
double unit_of_weights(const Dataset& dataset, const LargeVector<std::int64_t>& rows, const Ranks& ranks) {
    if (!ranks.several()) return unit_of_weights(dataset, rows);
    if (!ranks.any(!dataset.weights.empty())) return 1;
    const int exponent = dataset.weights_exponent;
    const auto largest = narrowed<int>(ranks.maximum(std::int64_t{exponent}));
    double sums[] = {0, 0};
    for (const std::int64_t row : rows) {
        sums[0] += std::ldexp(weight_of(dataset, as_size(row)), exponent - largest);
        sums[1] += 1;
    }
    ranks.sum(std::span(sums));
    if (sums[1] == 0) return 1;
    return std::min(std::ldexp(sums[0] / sums[1], largest - exponent), std::numeric_limits<double>::max());
}

// Of each column that of the first rank that needs one; empty: all 0.
std::vector<double> origins_of_all(std::vector<double> own, std::size_t columns, const Ranks& ranks) {
    own.resize(columns);
    const auto all = ranks.gathered(std::span<const double>(own));
    std::vector<double> origins(columns);
    for (std::size_t i = all.size(); i-- > 0;) origins[i % columns] = all[i] != 0 ? all[i] : origins[i % columns];
    const bool none = std::ranges::all_of(origins, [](double origin) { return origin == 0; });
    return none ? std::vector<double>() : origins;
}

LargeVector<std::int64_t> weighing_rows(const Dataset& dataset) {
    LargeVector<std::int64_t> rows;
    for (std::int64_t row = 0; row < dataset.rows(); ++row) {
        if (weight_of(dataset, as_size(row)) > 0) rows.push_back(row);
    }
    return rows;
}

}  // namespace

std::int64_t Samples::count() const {
    return std::transform_reduce(observations.begin(), observations.end(), std::int64_t{0}, std::plus(),
                                 [](const Observation& observation) { return std::int64_t{observation.count}; });
}

double Samples::weight() const {
    double sum = 0;
    for (const Observation& observation : observations) sum += observation.weight;
    return sum;
}

std::int64_t Samples::bytes() const {
    return features.columns() * std::int64_t{sizeof(float)} + features.rows() * std::int64_t{sizeof(std::int64_t)} +
           features.stored() * std::int64_t{sizeof(std::int32_t) + sizeof(float)} +
           narrowed<std::int64_t>(observations.size() * sizeof(Observation));
}

namespace {

// The rows counted from the origins that float32 needs to tell their values apart.
SparseRows counted_rows(const Dataset& dataset, const LargeVector<std::int64_t>& rows, const Ranks& ranks,
                        Samples& samples) {
    SparseRows features = selected(dataset.features, rows);
    const bool rounded = dataset.remainders.rows() > 0;
    if (!rounded && !ranks.several()) return features;
    const SparseRows remainders = rounded ? selected(dataset.remainders, rows) : SparseRows();
    if (rounded) samples.origins = origins_of(features, remainders);
    if (ranks.several()) samples.origins = origins_of_all(samples.origins, as_size(features.columns()), ranks);
    if (!rounded) return samples.origins.empty() ? features : counted_from(features, remainders, samples.origins);
    for (const std::size_t column : merged_columns(features, remainders, samples.origins)) {
        samples.warnings.push_back(
            concat("Column ", quote(dataset.column_names[column]),
                   " has values that float32 rounds to the same number, so the model takes them for one "
                   "value. Give the difference to a value in their middle instead."));
    }
    return samples.origins.empty() ? features : counted_from(features, remainders, samples.origins);
}

}  // namespace

Samples merge_rows(const Dataset& dataset, bool with_groups, const Ranks& ranks) {
    if (!dataset.target)
        fail(Status::invalid_argument, concat(dataset.source, ": no target is known, but training needs labelled samples"));
    const Target& target = *dataset.target;
    Samples samples;
    samples.column_names = dataset.column_names;
    samples.named = dataset.named;
    samples.categories = dataset.categories;
    samples.target_name = dataset.target_name;
    samples.task = target.task;
    samples.class_names = target.class_names;
    const LargeVector<std::int64_t> rows = weighing_rows(dataset);
    const SparseRows features = counted_rows(dataset, rows, ranks, samples);
    const EqualRows equal = find_equal_rows(features);
    const double unit = unit_of_weights(dataset, rows, ranks);
    samples.observations.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        Observation observation = observed(target, as_size(rows[i]));
        observation.row = equal.numbers[i];
        observation.weight = weight_of(dataset, as_size(rows[i])) / unit;
        if (with_groups && dataset.groups) observation.group = item(dataset.groups->of_row, rows[i]);
        samples.observations.push_back(observation);
    }
    merge_observations(samples.observations);
    samples.features = selected(features, equal.first);
    return samples;
}

Samples with_all_observations(const Samples& samples, const Ranks& ranks, std::int64_t* first_row) {
    std::vector<std::int64_t> rows(as_size(ranks.size()));
    item(rows, ranks.rank()) = samples.features.rows();
    ranks.sum(std::span(rows));
    *first_row = std::reduce(rows.begin(), rows.begin() + ranks.rank());
    if (std::reduce(rows.begin(), rows.end()) > std::numeric_limits<std::int32_t>::max())
        fail(Status::limit, "the ranks have more than 2147483647 different rows: train on fewer");
    Samples all = samples;
    for (Observation& observation : all.observations) observation.row += narrowed<std::int32_t>(*first_row);
    all.observations = ranks.gathered(std::span<const Observation>(all.observations));
    return all;
}

Samples join(const Samples& kept, const Samples& fresh) {
    if (kept.task != fresh.task) {
        fail(Status::mismatch, concat("the new samples' target is a ", target_kind(fresh.task),
                                      ", but the samples trained on before had a ", target_kind(kept.task)));
    }
    const UnitedColumns columns =
        kept.named && fresh.named ? columns_by_name(kept, fresh) : columns_by_position(kept, fresh);
    Samples result;
    result.column_names = columns.names;
    result.named = kept.named || fresh.named;
    result.task = kept.task;
    result.class_names = kept.class_names;
    const std::vector<std::int32_t> fresh_classes = unite_names(result.class_names, fresh.class_names);

    // The larger side keeps its background, so that fewer cells must be stored.
    SparseRows kept_rows = rearranged(kept.features, columns.kept);
    SparseRows fresh_rows = rearranged(fresh.features, columns.fresh);
    const std::vector<float> background = (kept_rows.rows() >= fresh_rows.rows() ? kept_rows : fresh_rows).background();
    SparseRows all = rebased(std::move(kept_rows), background);
    all.append_rows(rebased(std::move(fresh_rows), background));
    const EqualRows equal = find_equal_rows(all);
    result.observations.reserve(kept.observations.size() + fresh.observations.size());
    add_side(kept, 0, equal, {}, result.observations);
    add_side(fresh, kept.features.rows(), equal, fresh_classes, result.observations);
    merge_observations(result.observations);
    result.features = selected(all, equal.first);
    return result;
}

}  // namespace mml
