// SPDX-License-Identifier: Apache-2.0
#include "learners/trees/boosting.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "base/index.hpp"
#include "learners/loss.hpp"

namespace mml {

namespace {

// A class's share, kept off 0 and 1 as if half a sample more might have told otherwise.
double open_share(double weight, double total) {
    const double least = 0.5 / (total + 1);
    return std::clamp(weight / total, least, 1 - least);
}

}  // namespace

BoostedModel::BoostedModel(const TrainingSet& set, const RowTargets& targets, std::int32_t fold)
    : set_(set),
      rows_(as_size(set.features.rows())),
      outputs_(set.outputs()),
      targets_(set, targets, fold),
      base_(outputs_) {
    set_base();
    links_.reserve(rows_ * outputs_);
    for (std::size_t row = 0; row < rows_; ++row) links_.insert(links_.end(), base_.begin(), base_.end());
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
    for (std::size_t k = 0; k < outputs_; ++k) {
        const double share = set_.task == Task::regression ? sums[k] / total : open_share(sums[k], total);
        const bool two_classes = set_.task == Task::classification && outputs_ == 1;
        const double link = set_.task == Task::regression ? share : std::log(two_classes ? share / (1 - share) : share);
        base_[k] = std::clamp(static_cast<float>(link), -largest_leaf_value, largest_leaf_value);
    }
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

void BoostedModel::differentiate(const TreeSample& sample, LargeVector<Derivatives>& derivatives) const {
    const std::size_t patterns = sample.patterns();
    derivatives.assign(outputs_ * patterns, {});
    if (set_.task == Task::classification && outputs_ == 1) {
        differentiate_two_classes(sample, derivatives);
        return;
    }
    std::vector<Derivatives> of_row(outputs_);
    RowTargets space = targets_.space();
    for_blocks([&](std::size_t first, std::size_t rows) {
        const TargetBlock block = targets_.outside(first, rows, space);
        for (std::size_t row = 0; row < rows; ++row) {
            if (block.weight[row] <= 0) continue;
            add_row_derivatives(block, first, row, of_row.data());
            const std::size_t pattern = sample.pattern_of(first + row);
            for (std::size_t k = 0; k < outputs_; ++k) derivatives[k * patterns + pattern] += of_row[k];
        }
    });
}

void BoostedModel::differentiate_two_classes(const TreeSample& sample, LargeVector<Derivatives>& derivatives) const {
    RowTargets space = targets_.space();
    for_blocks([&](std::size_t first, std::size_t rows) {
        const TargetBlock block = targets_.outside(first, rows, space);
        for (std::size_t row = 0; row < rows; ++row) {
            const double weight = block.weight[row];
            if (weight <= 0) continue;
            const double share = shares_[first + row];
            derivatives[sample.pattern_of(first + row)] +=
                {static_cast<float>(weight * share - block.sums[row]), static_cast<float>(weight * share * (1 - share)),
                 block.count[row], 0};
        }
    });
}

// Of row first + row of the set.
void BoostedModel::add_row_derivatives(const TargetBlock& block, std::size_t first, std::size_t row,
                                       Derivatives* out) const {
    const double weight = block.weight[row];
    const double* sums = block.sums.data() + row * outputs_;
    const std::span<const float> links(links_.data() + (first + row) * outputs_, outputs_);
    const auto set = [&](std::size_t k, double slope, double curvature) {
        out[k] = {static_cast<float>(slope), static_cast<float>(curvature), block.count[row], 0};
    };
    if (set_.task == Task::regression) {
        set(0, weight * links[0] - sums[0], weight);
    } else {
        // With the curvature of each link alone the links together would step too far (Friedman, 2001).
        const double wider = static_cast<double>(outputs_) / static_cast<double>(outputs_ - 1);
        const double normaliser = log_sum_exp(links);
        for (std::size_t k = 0; k < outputs_; ++k) {
            const double share = std::exp(links[k] - normaliser);
            set(k, weight * share - sums[k], wider * weight * share * (1 - share));
        }
    }
}

double BoostedModel::rate() {
    if (set_.task == Task::classification && outputs_ == 1) return rate_two_classes();
    double loss = set_.task == Task::regression ? 0.5 * targets_.squares_inside() : 0;
    RowTargets space = targets_.space();
    for_blocks([&](std::size_t first, std::size_t rows) {
        const TargetBlock block = targets_.inside(first, rows, space);
        for (std::size_t row = 0; row < rows; ++row) {
            if (block.weight[row] <= 0) continue;
            loss += row_loss(block.weight[row], block.sums.subspan(row * outputs_, outputs_),
                             std::span(links_).subspan((first + row) * outputs_, outputs_));
        }
    });
    return loss;
}

// Most models are of two classes, and one exponential a row gives the loss of this round and the derivatives of the next: in
// vectors of float, whose rounding no split or number of rounds depends on.
double BoostedModel::rate_two_classes() {
    using Numbers = Eigen::Array<float, Eigen::Dynamic, 1, 0, FoldTargets::rows_a_block, 1>;
    double loss = 0;
    shares_.resize(links_.size());
    RowTargets space = targets_.space();
    for_blocks([&](std::size_t first, std::size_t count) {
        const TargetBlock block = targets_.inside(first, count, space);
        const auto rows = static_cast<Eigen::Index>(count);
        const Eigen::Map<const Eigen::ArrayXf> links(links_.data() + first, rows);
        const Eigen::Map<const Eigen::ArrayXd> weights(block.weight.data(), rows);
        const Eigen::Map<const Eigen::ArrayXd> sums(block.sums.data(), rows);
        const Numbers rarer = (-links.abs()).exp();
        const Numbers softplus = links.max(0) + (1 + rarer).log();
        Eigen::Map<Eigen::ArrayXf>(shares_.data() + first, rows) = (links >= 0).select(1, rarer) / (1 + rarer);
        loss += (weights * softplus.cast<double>() - sums * links.cast<double>()).sum();
    });
    return loss;
}

// As sample_loss(), summed over what was observed on the row, less the constant part of the squared error.
double BoostedModel::row_loss(double weight, std::span<const double> sums, std::span<const float> links) const {
    const double link = links[0];
    if (set_.task == Task::regression) return (0.5 * weight * link - sums[0]) * link;
    double loss = weight * log_sum_exp(links);
    for (std::size_t k = 0; k < outputs_; ++k) loss -= sums[k] * links[k];
    return loss;
}

TreesMember BoostedModel::member(int rounds) const {
    const auto kept = narrowed<std::ptrdiff_t>(as_size(rounds) * outputs_);
    return {set_.features.columns(), base_, {trees_.begin(), trees_.begin() + kept}};
}

}  // namespace mml
