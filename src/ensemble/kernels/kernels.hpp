// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace mml {

/// Rows of an EncodedRows, one after the other.
struct SparseBatch {
    const std::size_t* starts;
    const std::uint32_t* columns;
    const float* values;
    std::size_t count;  ///< of rows
};

/// A batch the other way round: for each column its cells as (row of the batch, value).
struct TransposedBatch {
    const std::size_t* starts;  ///< columns + 1
    const std::size_t* rows;
    const float* values;
};

/// One AdamW step (Loshchilov and Hutter, 2019) with averaged weights, as numbers that hold for the whole step.
struct AdamStep {
    float first_decay = 0.9F;
    float second_decay = 0.999F;
    float length = 0;        ///< learning rate / first bias correction
    float second_scale = 0;  ///< 1 / second bias correction
    float epsilon = 1e-8F;
    float keep = 1;          ///< 1 - learning rate * weight decay
    float average_gain = 0;  ///< what the averaged weights move towards the weights
};

/// Parameters and their state, all of one length.
struct AdamState {
    float* weights;
    float* first;
    float* second;
    float* average;
};

/// A split of a tree as it is stored: rows of `leaf` whose bin of `column` is above `bin`, or of a category among `moved`,
/// move to the next new leaf. empty_moves: those of bin 0 too.
struct TreeSplit {
    std::uint8_t leaf = 0;
    std::uint8_t bin = 0;
    bool empty_moves = false;
    std::int32_t column = 0;
    std::uint64_t moved = 0;  ///< a bit a bin; 0: the column is a number
};

/// Rows that go through a tree together.
constexpr std::size_t rows_a_tree_block = 64;

/// The loops that are compiled once for each instruction set. All arrays are row-major; no two of one call overlap.
struct Kernels {
    const char* name;
    /// out[row][j] = bias[j] + sum of value * weights[column][j], j < width.
    void (*sparse_forward)(const SparseBatch& batch, const float* weights, const float* bias, std::size_t width, float* out);
    /// out[c][j] = constant[c] * total[j] + sum of value * gradient[row][j], the gradient of column c's weights.
    void (*sparse_gradient)(const TransposedBatch& batch, std::size_t columns, const float* constant, const float* total,
                            const float* gradient, std::size_t width, float* out);
    /// The same and its AdamW step, column by column, so that the whole gradient never stands in memory. scratch: width
    /// floats.
    void (*sparse_adam)(const TransposedBatch& batch, std::size_t columns, const float* constant, const float* total,
                        const float* gradient, std::size_t width, const AdamStep& step, const AdamState& state,
                        float* scratch);
    void (*adam)(std::size_t count, const float* gradient, const AdamStep& step, const AdamState& state);
    /// hidden[row][j] = max(0, a) * (1 + b) with pre[row] = a | b, each `width` wide.
    void (*gate_forward)(std::size_t rows, std::size_t width, const float* pre, float* hidden);
    /// x = max(0, x + bias).
    void (*relu_forward)(std::size_t rows, std::size_t width, const float* bias, float* x);
    /// gradient = 0 where x is not above 0.
    void (*relu_backward)(std::size_t count, const float* x, float* gradient);
    void (*multiply)(std::size_t count, const float* factor, float* x);
    /// sum[j] = sum over rows of x[row][j].
    void (*column_sums)(std::size_t rows, std::size_t width, const float* x, float* sum);
    /// The gradients of a layer of one output by its weights (sum of gradient[row] * x[row][j]) and by its inputs
    /// (gradient[row] * weights[j]), j < inputs.
    void (*single_backward)(std::size_t rows, std::size_t inputs, const float* x, const float* gradient,
                            const float* weights, float* weight_gradient, float* x_gradient);
    /// out[row][j] = bias[j] + sum over k of x[row][k] * weights[k][j], summed by rising k; for few rows, where a GEMM does
    /// not pay.
    void (*dense_rows)(std::size_t rows, std::size_t inputs, std::size_t width, const float* x, const float* weights,
                       const float* bias, float* out);
    /// leaves[row] = the leaf that a tree's splits bring each row of a block to; bins[column * rows_a_tree_block + row], all
    /// below 64 in a category.
    void (*tree_leaves)(std::size_t splits, const TreeSplit* split, const std::uint8_t* bins, std::uint8_t* leaves);
};

/// The best for this processor.
const Kernels& kernels();
/// The same, but each product and sum is rounded by itself and in its place: so a model predicts the same on every
/// processor.
const Kernels& exact_kernels();

extern const Kernels kernels_baseline;
extern const Kernels kernels_baseline_exact;
#if defined(__x86_64__) && !defined(_WIN32)
extern const Kernels kernels_avx2;
extern const Kernels kernels_avx2_exact;
extern const Kernels kernels_avx512;
extern const Kernels kernels_avx512_exact;
#endif

}  // namespace mml
