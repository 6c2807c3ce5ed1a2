// SPDX-License-Identifier: Apache-2.0
#include "learners/trees/boosting.hpp"

#include <algorithm>

#include "base/index.hpp"

namespace mml {

BoostedModel::BoostedModel(const TrainingSet& set, const RowTargets& targets, std::int32_t fold)
    : set_(set),
      loss_(set.loss()),
      rows_(as_size(set.features.rows())),
      outputs_(set.outputs()),
      targets_(set, targets, fold),
      base_(outputs_) {
    set_base();
    links_.reserve(rows_ * outputs_);
    for (std::size_t row = 0; row < rows_; ++row) links_.insert(links_.end(), base_.begin(), base_.end());
    if (loss_.keeps_means()) means_.resize(links_.size());
    losses_.push_back(set_.ranks.sum(rate()));
}

// Calls work(first row, rows) for all rows, block by block.
template <typename Work>
void BoostedModel::for_blocks(const Work& work) const {
    for (std::size_t first = 0; first < rows_; first += FoldTargets::rows_a_block)
        work(first, std::min(FoldTargets::rows_a_block, rows_ - first));
}

// The best constant.
void BoostedModel::set_base() {
    const double total = targets_.weight_outside();
    std::vector<double> sums(outputs_);
    RowTargets space = targets_.space();
    for_blocks([&](std::size_t first, std::size_t rows) {
        const TargetBlock block = targets_.outside(first, rows, space);
        for (std::size_t i = 0; i < block.sums.size(); ++i) sums[i % outputs_] += block.sums[i];
    });
    set_.ranks.sum(std::span(sums));
    for (std::size_t k = 0; k < outputs_; ++k)
        base_[k] = std::clamp(static_cast<float>(loss_.best_link(sums[k], total)), -largest_leaf_value, largest_leaf_value);
}

void BoostedModel::add_round(const TreeSample& sample, GrowthSpace& space) {
    differentiate(sample, space.derivatives);
    const std::size_t patterns = sample.patterns();
    for (std::size_t k = 0; k < outputs_; ++k) {
        trees_.push_back(space.grower.grow(sample, std::span(space.derivatives).subspan(k * patterns, patterns)));
        const std::vector<float>& values = trees_.back().values;
        const auto leaves = space.grower.leaf_of_pattern();
        for (std::size_t row = 0; row < rows_; ++row) links_[row * outputs_ + k] += values[leaves[sample.pattern_of(row)]];
    }
    losses_.push_back(set_.ranks.sum(rate()));
}

LossRows BoostedModel::loss_rows(const TargetBlock& block, std::size_t first) const {
    return {std::span(links_).subspan(first * outputs_, block.sums.size()), block.weight, block.sums};
}

std::span<float> BoostedModel::means(std::size_t first, std::size_t rows) {
    return means_.empty() ? std::span<float>() : std::span(means_).subspan(first * outputs_, rows * outputs_);
}

void BoostedModel::differentiate(const TreeSample& sample, LargeVector<Derivatives>& derivatives) {
    const std::size_t patterns = sample.patterns();
    derivatives.assign(outputs_ * patterns, {});
    std::vector<LossSlope> slopes(FoldTargets::rows_a_block * outputs_);
    RowTargets space = targets_.space();
    for_blocks([&](std::size_t first, std::size_t rows) {
        const TargetBlock block = targets_.outside(first, rows, space);
        loss_.write_slopes(loss_rows(block, first), means(first, rows), slopes);
        for (std::size_t row = 0; row < rows; ++row) {
            if (block.weight[row] <= 0) continue;
            const std::size_t pattern = sample.pattern_of(first + row);
            for (std::size_t k = 0; k < outputs_; ++k) {
                const LossSlope& slope = slopes[row * outputs_ + k];
                derivatives[k * patterns + pattern] +=
                    {static_cast<float>(slope.first), static_cast<float>(slope.second), block.count[row], 0};
            }
        }
    });
}

double BoostedModel::rate() {
    double loss = targets_.fixed_value_inside();
    RowTargets space = targets_.space();
    for_blocks([&](std::size_t first, std::size_t rows) {
        const TargetBlock block = targets_.inside(first, rows, space);
        loss_.add_values(loss_rows(block, first), means(first, rows), loss);
    });
    return loss;
}

TreesMember BoostedModel::member(int rounds) const {
    const auto kept = narrowed<std::ptrdiff_t>(as_size(rounds) * outputs_);
    return {set_.features.columns(), base_, {trees_.begin(), trees_.begin() + kept}};
}

}  // namespace mml
