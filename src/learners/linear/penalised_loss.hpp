// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "learners/learner.hpp"
#include "preprocessing/encoder.hpp"

namespace mml {

/// Penalised loss of the observations outside one fold (-1: of all), as L-BFGS minimises it. Parameters: weights (encoded
/// columns x outputs), then biases, which apply to the difference from the constant row: the penalty does not touch them, so
/// the shift changes nothing else. One thread at a time.
class PenalisedLoss {
public:
    PenalisedLoss(const TrainingSet& set, const EncodedRows& rows, std::size_t columns, std::int32_t left_out);

    std::size_t size() const { return bias_ + outputs_; }
    void set_strength(double strength) { strength_ = strength; }

    /// The value at a point, of all ranks; writes the gradient there.
    double operator()(std::span<const double> point, std::span<double> gradient);
    /// The links of one row.
    void link(std::size_t row, std::span<const double> point, std::span<double> out) const;

private:
    void sum_over_ranks(double& value, std::span<double> gradient);
    std::size_t end_of_row(std::size_t begin) const;
    bool all_left_out(std::size_t begin, std::size_t end) const;
    double add_row(std::size_t begin, std::size_t end, std::span<const double> point, std::span<double> gradient);

    const TrainingSet& set_;
    const Loss& loss_;
    const EncodedRows& rows_;
    std::size_t outputs_;
    std::size_t bias_;
    std::int32_t left_out_;
    double strength_ = 1;
    std::vector<double> link_;
    std::vector<double> target_;
    std::vector<double> slopes_;  // of one observation
    std::vector<double> link_gradient_;
    std::vector<double> sums_;  // gradient and value, to add up over the ranks
};

}  // namespace mml
