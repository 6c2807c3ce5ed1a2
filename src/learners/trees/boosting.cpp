// SPDX-License-Identifier: Apache-2.0
#include "learners/trees/boosting.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "learners/loss.hpp"

namespace mml {

namespace {

// A class's share, kept off 0 and 1 as if half a sample more might have told otherwise.
double open_share(double weight, double total) {
    const double least = 0.5 / (total + 1);
    return std::clamp(weight / total, least, 1 - least);
}

}  // namespace

RowTargets::RowTargets(const TrainingSet& set, std::int32_t fold, Side side)
    : count(static_cast<std::size_t>(set.features.rows())),
      weight(count.size()),
      sums(count.size() * static_cast<std::size_t>(set.outputs())) {
    const auto outputs = static_cast<std::size_t>(set.outputs());
    for (const FoldedObservation& observation : set.observations) {
        if ((observation.fold == fold) != (side == Side::inside)) continue;
        const auto row = static_cast<std::size_t>(observation.row);
        count[row] += static_cast<float>(observation.count);
        weight[row] += observation.weight;
        add_to_target(set.task, observation, std::span(sums).subspan(row * outputs, outputs));
        total_weight += observation.weight;
        squares += observation.weight * observation.value * observation.value;
    }
}

BoostedModel::BoostedModel(const TrainingSet& set, const BinnedRows& rows, const GrowthSettings& settings, std::int32_t fold)
    : set_(set),
      outputs_(static_cast<std::size_t>(set.outputs())),
      targets_(set, fold, Side::outside),
      rated_(set, fold, fold < 0 ? Side::outside : Side::inside),
      grower_(rows, settings),
      base_(outputs_) {
    set_base();
    for (std::int64_t row = 0; row < set.features.rows(); ++row) links_.insert(links_.end(), base_.begin(), base_.end());
    losses_.push_back(rate());
}

// The best constant.
void BoostedModel::set_base() {
    const double total = targets_.total_weight;
    std::vector<double> sums(outputs_);
    for (std::size_t i = 0; i < targets_.sums.size(); ++i) sums[i % outputs_] += targets_.sums[i];
    for (std::size_t k = 0; k < outputs_; ++k) {
        const double share = set_.task == Task::regression ? sums[k] / total : open_share(sums[k], total);
        const bool two_classes = set_.task == Task::classification && outputs_ == 1;
        const double link = set_.task == Task::regression ? share : std::log(two_classes ? share / (1 - share) : share);
        base_[k] = std::clamp(static_cast<float>(link), -largest_leaf_value, largest_leaf_value);
    }
}

void BoostedModel::add_round(const TreeSample& sample) {
    differentiate(sample);
    const std::size_t patterns = sample.patterns();
    for (std::size_t k = 0; k < outputs_; ++k) {
        trees_.push_back(grower_.grow(sample, std::span(derivatives_).subspan(k * patterns, patterns)));
        const std::vector<float>& values = trees_.back().values;
        const auto leaves = grower_.leaf_of_pattern();
        for (std::size_t row = 0; row < targets_.count.size(); ++row)
            links_[row * outputs_ + k] += values[leaves[static_cast<std::size_t>(sample.pattern_of_row[row])]];
    }
    losses_.push_back(rate());
}

void BoostedModel::differentiate(const TreeSample& sample) {
    const std::size_t patterns = sample.patterns();
    derivatives_.assign(outputs_ * patterns, {});
    if (set_.task == Task::classification && outputs_ == 1) {
        differentiate_two_classes(sample);
        return;
    }
    std::vector<Derivatives> of_row(outputs_);
    for (std::size_t row = 0; row < targets_.count.size(); ++row) {
        if (targets_.weight[row] <= 0) continue;
        add_row_derivatives(row, of_row.data());
        const auto pattern = static_cast<std::size_t>(sample.pattern_of_row[row]);
        for (std::size_t k = 0; k < outputs_; ++k) derivatives_[k * patterns + pattern] += of_row[k];
    }
}

void BoostedModel::differentiate_two_classes(const TreeSample& sample) {
    for (std::size_t row = 0; row < targets_.count.size(); ++row) {
        const double weight = targets_.weight[row];
        if (weight <= 0) continue;
        const auto share = static_cast<double>(shares_[row]);
        derivatives_[static_cast<std::size_t>(sample.pattern_of_row[row])] +=
            {static_cast<float>(weight * share - targets_.sums[row]), static_cast<float>(weight * share * (1 - share)),
             targets_.count[row], 0};
    }
}

void BoostedModel::add_row_derivatives(std::size_t row, Derivatives* out) const {
    const double weight = targets_.weight[row];
    const double* sums = targets_.sums.data() + row * outputs_;
    const std::span<const float> links(links_.data() + row * outputs_, outputs_);
    const auto set = [&](std::size_t k, double slope, double curvature) {
        out[k] = {static_cast<float>(slope), static_cast<float>(curvature), targets_.count[row], 0};
    };
    if (set_.task == Task::regression) {
        set(0, weight * static_cast<double>(links[0]) - sums[0], weight);
    } else {
        // With the curvature of each link alone the links together would step too far (Friedman, 2001).
        const double wider = static_cast<double>(outputs_) / static_cast<double>(outputs_ - 1);
        const double normaliser = log_sum_exp(links);
        for (std::size_t k = 0; k < outputs_; ++k) {
            const double share = std::exp(static_cast<double>(links[k]) - normaliser);
            set(k, weight * share - sums[k], wider * weight * share * (1 - share));
        }
    }
}

double BoostedModel::rate() {
    if (set_.task == Task::classification && outputs_ == 1) return rate_two_classes();
    double loss = set_.task == Task::regression ? 0.5 * rated_.squares : 0;
    for (std::size_t row = 0; row < rated_.weight.size(); ++row) {
        if (rated_.weight[row] > 0) loss += row_loss(row);
    }
    return loss;
}

// Most models are of two classes, and one exponential a row gives the loss of this round and the derivatives of the next: in
// vectors of float, whose rounding no split or number of rounds depends on.
double BoostedModel::rate_two_classes() {
    constexpr std::size_t most = 256;
    using Numbers = Eigen::Array<float, Eigen::Dynamic, 1, 0, most, 1>;
    double loss = 0;
    shares_.resize(links_.size());
    for (std::size_t first = 0; first < links_.size(); first += most) {
        const auto rows = static_cast<Eigen::Index>(std::min(most, links_.size() - first));
        const Eigen::Map<const Eigen::ArrayXf> links(links_.data() + first, rows);
        const Eigen::Map<const Eigen::ArrayXd> weights(rated_.weight.data() + first, rows);
        const Eigen::Map<const Eigen::ArrayXd> sums(rated_.sums.data() + first, rows);
        const Numbers rarer = (-links.abs()).exp();
        const Numbers softplus = links.max(0) + (1 + rarer).log();
        Eigen::Map<Eigen::ArrayXf>(shares_.data() + first, rows) = (links >= 0).select(1, rarer) / (1 + rarer);
        loss += (weights * softplus.cast<double>() - sums * links.cast<double>()).sum();
    }
    return loss;
}

// As sample_loss(), summed over what was observed on the row, less the constant part of the squared error.
double BoostedModel::row_loss(std::size_t row) const {
    const double weight = rated_.weight[row];
    const double* sums = rated_.sums.data() + row * outputs_;
    const std::span<const float> links(links_.data() + row * outputs_, outputs_);
    const auto link = static_cast<double>(links[0]);
    if (set_.task == Task::regression) return (0.5 * weight * link - sums[0]) * link;
    double loss = weight * log_sum_exp(links);
    for (std::size_t k = 0; k < outputs_; ++k) loss -= sums[k] * static_cast<double>(links[k]);
    return loss;
}

TreesMember BoostedModel::member(int rounds) const {
    const auto kept = static_cast<std::ptrdiff_t>(static_cast<std::size_t>(rounds) * outputs_);
    return {set_.features.columns(), base_, {trees_.begin(), trees_.begin() + kept}};
}

}  // namespace mml
