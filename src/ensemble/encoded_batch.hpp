// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <vector>

#include "ensemble/dense_scorer.hpp"
#include "ensemble/kernels/kernels.hpp"
#include "preprocessing/encoder.hpp"

namespace mml {

/// Dense rows as an encoder's differences from its constant row, in the workspace's memory: encoded once for all networks of
/// a member.
class EncodedBatch {
public:
    EncodedBatch(const Encoder& encoder, const DenseRows& rows, Workspace& space)
        : starts_(rows.rows + 1, &space), columns_(&space), values_(&space) {
        const std::size_t most_cells = rows.rows * encoder.outputs();
        columns_.reserve(most_cells);
        values_.reserve(most_cells);
        for (std::size_t row = 0; row < rows.rows; ++row) {
            encoder.for_each_difference(rows.row(row), [&](std::uint32_t output, float difference) {
                columns_.push_back(output);
                values_.push_back(difference);
            });
            starts_[row + 1] = values_.size();
        }
    }

    /// Valid as long as this is.
    SparseBatch rows() const { return {starts_.data(), columns_.data(), values_.data(), starts_.size() - 1}; }

private:
    std::pmr::vector<std::size_t> starts_;
    std::pmr::vector<std::uint32_t> columns_;
    std::pmr::vector<float> values_;
};

}  // namespace mml
