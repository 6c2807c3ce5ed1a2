// SPDX-License-Identifier: Apache-2.0
#include "learners/linear/penalised_loss.hpp"

#include <algorithm>

#include "base/index.hpp"

namespace mml {

PenalisedLoss::PenalisedLoss(const TrainingSet& set, const EncodedRows& rows, std::size_t columns, std::int32_t left_out)
    : set_(set),
      loss_(set.loss()),
      rows_(rows),
      outputs_(set.outputs()),
      bias_(columns * outputs_),
      left_out_(left_out),
      link_(outputs_),
      target_(outputs_),
      slopes_(outputs_),
      link_gradient_(outputs_) {}

double PenalisedLoss::operator()(std::span<const double> point, std::span<double> gradient) {
    double value = 0;
    const double strength = set_.ranks.rank() == 0 ? strength_ : 0;  // one of the ranks adds the penalty
    for (std::size_t i = 0; i < bias_; ++i) {
        value += 0.5 * strength * point[i] * point[i];
        gradient[i] = strength * point[i];
    }
    std::ranges::fill(gradient.subspan(bias_), 0.0);
    for (std::size_t begin = 0; begin < set_.observations.size();) {
        const std::size_t end = end_of_row(begin);
        value += add_row(begin, end, point, gradient);
        begin = end;
    }
    if (set_.ranks.several()) sum_over_ranks(value, gradient);
    return value;
}

void PenalisedLoss::sum_over_ranks(double& value, std::span<double> gradient) {
    sums_.assign(gradient.begin(), gradient.end());
    sums_.push_back(value);
    set_.ranks.sum(std::span(sums_));
    std::copy_n(sums_.begin(), gradient.size(), gradient.begin());
    value = sums_.back();
}

void PenalisedLoss::link(std::size_t row, std::span<const double> point, std::span<double> out) const {
    std::ranges::copy(point.subspan(bias_), out.begin());
    for (std::size_t i = rows_.starts[row]; i < rows_.starts[row + 1]; ++i) {
        const auto column = rows_.columns[i] * outputs_;
        for (std::size_t k = 0; k < outputs_; ++k) out[k] += rows_.values[i] * point[column + k];
    }
}

std::size_t PenalisedLoss::end_of_row(std::size_t begin) const {
    const auto& observations = set_.observations;
    std::size_t end = begin + 1;
    while (end < observations.size() && observations[end].row == observations[begin].row) ++end;
    return end;
}

bool PenalisedLoss::all_left_out(std::size_t begin, std::size_t end) const {
    const auto observations = std::span(set_.observations).subspan(begin, end - begin);
    return std::ranges::all_of(observations, [&](const FoldedObservation& one) { return one.fold == left_out_; });
}

double PenalisedLoss::add_row(std::size_t begin, std::size_t end, std::span<const double> point,
                              std::span<double> gradient) {
    if (all_left_out(begin, end)) return 0;
    const auto row = as_size(set_.observations[begin].row);
    link(row, point, link_);
    std::ranges::fill(link_gradient_, 0.0);
    double value = 0;
    for (std::size_t i = begin; i < end; ++i) {
        const FoldedObservation& observation = set_.observations[i];
        if (observation.fold == left_out_) continue;
        std::ranges::fill(target_, 0.0);
        loss_.add_observed(observation, 1, target_);
        value += observation.weight * loss_.value(link_, target_, slopes_);
        for (std::size_t k = 0; k < outputs_; ++k) link_gradient_[k] += observation.weight * slopes_[k];
    }
    for (std::size_t k = 0; k < outputs_; ++k) gradient[bias_ + k] += link_gradient_[k];
    for (std::size_t i = rows_.starts[row]; i < rows_.starts[row + 1]; ++i) {
        const auto column = rows_.columns[i] * outputs_;
        for (std::size_t k = 0; k < outputs_; ++k) gradient[column + k] += rows_.values[i] * link_gradient_[k];
    }
    return value;
}

}  // namespace mml
