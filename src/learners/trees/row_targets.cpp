// SPDX-License-Identifier: Apache-2.0
#include "learners/trees/row_targets.hpp"

#include <algorithm>

#include "base/index.hpp"

namespace mml {

RowTargets::RowTargets(const TrainingSet& set) : RowTargets(as_size(set.features.rows()), set.outputs()) {
    for (const FoldedObservation& observation : set.observations) add(set, as_size(observation.row), observation);
}

void RowTargets::add(const TrainingSet& set, std::size_t row, const FoldedObservation& observation) {
    const std::size_t outputs = set.outputs();
    count[row] += static_cast<float>(observation.count);
    weight[row] += observation.weight;
    set.loss().add_observed(observation, observation.weight, std::span(sums).subspan(row * outputs, outputs));
}

FoldTargets::FoldTargets(const TrainingSet& set, const RowTargets& all, std::int32_t fold)
    : all_(all), outputs_(set.outputs()), no_fold_(fold < 0) {
    if (!no_fold_) list_rows(set, fold);
    add_observations(set, fold);
    outside_weight_ = set.ranks.sum(outside_weight_);
    inside_weight_ = set.ranks.sum(inside_weight_);
}

void FoldTargets::list_rows(const TrainingSet& set, std::int32_t fold) {
    for (const FoldedObservation& observation : set.observations) {
        const bool listed = !rows_.empty() && rows_.back() == observation.row;
        if (observation.fold == fold && !listed) rows_.push_back(observation.row);
    }
    rows_.shrink_to_fit();
    outside_ = {rows_.size(), outputs_};
    inside_ = {rows_.size(), outputs_};
}

void FoldTargets::add_observations(const TrainingSet& set, std::int32_t fold) {
    std::size_t place = 0;
    for (const FoldedObservation& observation : set.observations) {
        const bool is_inside = no_fold_ || observation.fold == fold;
        const bool is_outside = no_fold_ || !is_inside;
        while (place < rows_.size() && rows_[place] < observation.row) ++place;
        if (place < rows_.size() && rows_[place] == observation.row)
            (is_inside ? inside_ : outside_).add(set, place, observation);
        if (is_outside) outside_weight_ += observation.weight;
        if (is_inside) {
            inside_weight_ += observation.weight;
            inside_fixed_value_ += set.loss().fixed_value(observation, observation.weight);
        }
    }
}

FoldTargets::Range FoldTargets::listed(std::size_t first, std::size_t rows) const {
    const auto begin = std::ranges::lower_bound(rows_, narrowed<std::int32_t>(first));
    const auto end = std::lower_bound(begin, rows_.end(), narrowed<std::int32_t>(first + rows));
    return {as_size(begin - rows_.begin()), as_size(end - rows_.begin())};
}

void FoldTargets::copy_listed(const RowTargets& side, Range range, std::size_t first, RowTargets& space) const {
    for (std::size_t i = range.begin; i < range.end; ++i) {
        const std::size_t row = as_size(rows_[i]) - first;
        space.count[row] = side.count[i];
        space.weight[row] = side.weight[i];
        for (std::size_t k = 0; k < outputs_; ++k) space.sums[row * outputs_ + k] = side.sums[i * outputs_ + k];
    }
}

TargetBlock FoldTargets::block(const RowTargets& targets, std::size_t first, std::size_t rows) const {
    return {std::span(targets.count).subspan(first, rows), std::span(targets.weight).subspan(first, rows),
            std::span(targets.sums).subspan(first * outputs_, rows * outputs_)};
}

TargetBlock FoldTargets::outside(std::size_t first, std::size_t rows, RowTargets& space) const {
    const Range range = listed(first, rows);
    const TargetBlock whole = block(all_, first, rows);
    if (range.begin == range.end) return whole;
    std::ranges::copy(whole.count, space.count.begin());
    std::ranges::copy(whole.weight, space.weight.begin());
    std::ranges::copy(whole.sums, space.sums.begin());
    copy_listed(outside_, range, first, space);
    return block(space, 0, rows);
}

TargetBlock FoldTargets::inside(std::size_t first, std::size_t rows, RowTargets& space) const {
    if (no_fold_) return block(all_, first, rows);
    std::ranges::fill(space.count, 0.0F);
    std::ranges::fill(space.weight, 0.0);
    std::ranges::fill(space.sums, 0.0);
    copy_listed(inside_, listed(first, rows), first, space);
    return block(space, 0, rows);
}

}  // namespace mml
