// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "ensemble/prepared_ensemble.hpp"
#include "model/model.hpp"

namespace mml {

/// A model, and the priors behind it, prepared to score dense rows of numbers. Valid while the model lives; never changes,
/// so any number of threads may use it.
class PreparedModel {
public:
    explicit PreparedModel(const Model& model);

    /// Probabilities or estimates of rows in the model's columns: the bits of Model::predict() for a table of numbers. At
    /// most DenseScorer::most_rows rows; takes memory from `space` alone.
    template <typename Number>
    void score(const DenseRows& table, std::span<Number> scores, Workspace& space) const;

private:
    PreparedModel(const Model& model, const std::vector<std::int32_t>& columns, std::vector<CellChange> changes);

    DenseRows view_of(const DenseRows& table, Workspace& space) const;

    const Model& model_;
    std::vector<std::int32_t> columns_;  // of each input the outermost model's; empty: they are the same
    std::vector<CellChange> changes_;    // of each input from a table's numbers to its levels; empty: none
    PreparedEnsemble ensemble_;
    std::unique_ptr<const PreparedModel> prior_;
};

}  // namespace mml
