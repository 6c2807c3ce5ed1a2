// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "ensemble/dense_scorer.hpp"
#include "ensemble/ensemble.hpp"

namespace mml {

/// An ensemble whose members are prepared to score dense rows. Valid while the ensemble lives; never changes, so any number
/// of threads may use it.
class PreparedEnsemble {
public:
    explicit PreparedEnsemble(const Ensemble& ensemble);

    /// As Ensemble::score(), with the same bits. At most DenseScorer::most_rows rows; takes memory from `space` alone.
    template <typename Number>
    void score(const DenseRows& rows, std::span<Number> scores, Workspace& space) const;

private:
    const Ensemble& ensemble_;
    std::vector<std::unique_ptr<const DenseScorer>> scorers_;  // of the ensemble's parts
};

}  // namespace mml
