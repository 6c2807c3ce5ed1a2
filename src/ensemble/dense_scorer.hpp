// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory_resource>
#include <span>

namespace mml {

/// A few rows of an ensemble's input columns as a caller has them in memory: float32, row after row, NaN for missing, none
/// infinite. The memory belongs to somebody else.
struct DenseRows {
    const float* cells = nullptr;
    std::size_t rows = 0;
    std::size_t columns = 0;

    std::span<const float> row(std::size_t index) const { return {cells + index * columns, columns}; }
};

/// Working memory of one call, which takes nothing from the heap unless it runs out.
using Workspace = std::pmr::memory_resource;

/// A fitted member, prepared to score dense rows again and again. Never changes; any number of threads may use it.
class DenseScorer {
public:
    /// Most rows of one call.
    static constexpr std::size_t most_rows = 64;

    virtual ~DenseScorer() = default;

    /// As Member::add_scores(), with the same bits. Takes memory from `space` alone.
    virtual void add_scores(const DenseRows& rows, float weight, std::span<float> links, Workspace& space) const = 0;
};

}  // namespace mml
