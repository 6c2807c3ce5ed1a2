// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/workspace_pool.hpp"
#include "config/memory_limit.hpp"
#include "model/prepared_model.hpp"

namespace mml {

/// Gives the cells of rows first ... first + count - 1 of a caller's table: `columns` names the table's columns that are
/// wanted, in order. Writes count x columns.size() cells to `cells` and returns it, or returns where they are already.
using ReadRows =
    std::function<const float*(std::int64_t first, std::size_t count, std::span<const std::int32_t> columns, float* cells)>;

/// A model that answers single rows and small batches at once: all that a call needs is made beforehand. Never changes; any
/// number of threads may use it, and none waits for another. A call takes nothing from the heap, unless more than
/// most_calls run at once.
class Predictor {
public:
    /// columns: what the caller's columns are called, or empty where they are the model's own in their order.
    /// Throws Error(mismatch) where the model's are not among them.
    Predictor(std::shared_ptr<const Model> model, const std::vector<std::string>& columns, MemoryLimit limit);

    const Model& model() const { return *model_; }
    std::int64_t columns() const { return columns_; }
    /// Whether a row with so many columns fits. A model without names takes a row's first columns, of which there may be
    /// more.
    bool takes(std::int64_t columns) const { return columns == columns_ || (is_open_ && columns > columns_); }

    /// Whether the model, or one behind it, counts a column from an origin: its rows must come as a table of double, which
    /// Model::predict() reads, with these names. The calls below are for all other models.
    bool needs_table() const { return needs_table_; }
    /// Empty where they are the model's own.
    const std::vector<std::string>& column_names() const { return column_names_; }

    /// Scores `rows` rows into `scores`, which has rows x outputs numbers. The bits of Model::predict(). `read` may throw.
    template <typename Number>
    void predict(std::int64_t rows, const ReadRows& read, std::span<Number> scores) const;
    /// The classes by the model's decision, and how strong each is; strengths may be empty.
    void decide(std::int64_t rows, const ReadRows& read, std::span<std::int32_t> classes, std::span<float> strengths) const;
    /// The same by rows of probabilities.
    void decide(std::span<const float> scores, std::span<std::int32_t> classes, std::span<float> strengths) const;

private:
    void decide(std::span<const float> scores, std::span<std::int32_t> classes, std::span<float> strengths,
                std::span<float> shares) const;
    DenseRows read_block(std::int64_t first, std::size_t count, const ReadRows& read, Workspace& space) const;
    std::size_t bytes_of_call(MemoryLimit limit) const;

    std::shared_ptr<const Model> model_;
    PreparedModel prepared_;
    std::int64_t columns_;
    std::vector<std::string> column_names_;
    bool needs_table_;
    bool is_open_;
    std::vector<std::int32_t> sources_;  // of each input of the model the caller's column
    std::size_t rows_a_block_;
    WorkspacePool workspaces_;
};

}  // namespace mml
