// SPDX-License-Identifier: Apache-2.0
// The kernels' loops, included once by each kernels_<instruction set>.cpp, which is compiled for that set and defines
// MML_KERNELS as the table's name and MML_KERNELS_NAME. Nothing from the standard library is called here: an inline function
// compiled for a newer processor could be the copy that the linker keeps for all.
#include "ensemble/kernels/kernels.hpp"

namespace mml {

namespace {

#define MML_RESTRICT __restrict__

// Sums of `width` neighbouring outputs stay in registers while a row's cells go by.
template <std::size_t width>
void sparse_sums(const float* MML_RESTRICT values, const std::uint32_t* columns, std::size_t count,
                 const float* MML_RESTRICT weights, std::size_t stride, const float* MML_RESTRICT bias,
                 float* MML_RESTRICT out) {
    float sums[width];
    for (std::size_t j = 0; j < width; ++j) sums[j] = bias[j];
    for (std::size_t i = 0; i < count; ++i) {
        const float* MML_RESTRICT line = weights + columns[i] * stride;
        for (std::size_t j = 0; j < width; ++j) sums[j] += values[i] * line[j];
    }
    for (std::size_t j = 0; j < width; ++j) out[j] = sums[j];
}

void sparse_forward(const SparseBatch& batch, const float* MML_RESTRICT weights, const float* MML_RESTRICT bias,
                    std::size_t width, float* MML_RESTRICT out) {
    for (std::size_t r = 0; r < batch.count; ++r, out += width) {
        const std::size_t first = batch.starts[r], count = batch.starts[r + 1] - first;
        std::size_t j = 0;
        const auto sum = [&](auto* sums, std::size_t columns) {
            sums(batch.values + first, batch.columns + first, count, weights + j, width, bias + j, out + j);
            j += columns;
        };
        while (width - j >= 32) sum(sparse_sums<32>, 32);
        while (width - j >= 8) sum(sparse_sums<8>, 8);
        while (j < width) sum(sparse_sums<1>, 1);
    }
}

void adam(std::size_t count, const float* MML_RESTRICT gradient, const AdamStep& step, const AdamState& state) {
    float* MML_RESTRICT weights = state.weights;
    float* MML_RESTRICT first = state.first;
    float* MML_RESTRICT second = state.second;
    float* MML_RESTRICT average = state.average;
    const AdamStep s = step;
    for (std::size_t j = 0; j < count; ++j) {
        first[j] += (1.0F - s.first_decay) * (gradient[j] - first[j]);
        second[j] += (1.0F - s.second_decay) * (gradient[j] * gradient[j] - second[j]);
        weights[j] = weights[j] * s.keep - s.length * first[j] / (__builtin_sqrtf(second[j] * s.second_scale) + s.epsilon);
        average[j] += s.average_gain * (weights[j] - average[j]);
    }
}

// The gradient of `width` neighbouring weights of a column, in registers while the column's cells go by.
template <std::size_t width>
void column_gradient(const float* MML_RESTRICT values, const std::size_t* rows, std::size_t count, float constant,
                     const float* MML_RESTRICT total, const float* MML_RESTRICT gradient, std::size_t stride,
                     float* MML_RESTRICT out) {
    float sums[width];
    for (std::size_t j = 0; j < width; ++j) sums[j] = constant * total[j];
    for (std::size_t i = 0; i < count; ++i) {
        const float* MML_RESTRICT line = gradient + rows[i] * stride;
        for (std::size_t j = 0; j < width; ++j) sums[j] += values[i] * line[j];
    }
    for (std::size_t j = 0; j < width; ++j) out[j] = sums[j];
}

void sparse_gradient(const TransposedBatch& batch, std::size_t columns, const float* MML_RESTRICT constant,
                     const float* MML_RESTRICT total, const float* MML_RESTRICT gradient, std::size_t width,
                     float* MML_RESTRICT out) {
    for (std::size_t c = 0; c < columns; ++c, out += width) {
        const std::size_t first = batch.starts[c], count = batch.starts[c + 1] - first;
        std::size_t j = 0;
        const auto sum = [&](auto* sums, std::size_t outputs) {
            sums(batch.values + first, batch.rows + first, count, constant[c], total + j, gradient + j, width, out + j);
            j += outputs;
        };
        while (width - j >= 32) sum(column_gradient<32>, 32);
        while (width - j >= 8) sum(column_gradient<8>, 8);
        while (j < width) sum(column_gradient<1>, 1);
    }
}

void sparse_adam(const TransposedBatch& batch, std::size_t columns, const float* MML_RESTRICT constant,
                 const float* MML_RESTRICT total, const float* MML_RESTRICT gradient, std::size_t width,
                 const AdamStep& step, const AdamState& state, float* MML_RESTRICT scratch) {
    for (std::size_t c = 0; c < columns; ++c) {
        sparse_gradient({batch.starts + c, batch.rows, batch.values}, 1, constant + c, total, gradient, width, scratch);
        const std::size_t offset = c * width;
        adam(width, scratch, step,
             {state.weights + offset, state.first + offset, state.second + offset, state.average + offset});
    }
}

void gate_forward(std::size_t rows, std::size_t width, const float* MML_RESTRICT pre, float* MML_RESTRICT hidden) {
    const std::size_t both = 2 * width;
    for (std::size_t r = 0; r < rows; ++r, pre += both, hidden += width) {
        for (std::size_t j = 0; j < width; ++j) {
            const float a = pre[j] > 0.0F ? pre[j] : 0.0F;
            hidden[j] = a * (1.0F + pre[width + j]);
        }
    }
}

void relu_forward(std::size_t rows, std::size_t width, const float* MML_RESTRICT bias, float* MML_RESTRICT x) {
    for (std::size_t r = 0; r < rows; ++r, x += width) {
        for (std::size_t j = 0; j < width; ++j) {
            const float value = x[j] + bias[j];
            x[j] = value > 0.0F ? value : 0.0F;
        }
    }
}

void relu_backward(std::size_t count, const float* MML_RESTRICT x, float* MML_RESTRICT gradient) {
    for (std::size_t j = 0; j < count; ++j) gradient[j] = x[j] > 0.0F ? gradient[j] : 0.0F;
}

void multiply(std::size_t count, const float* MML_RESTRICT factor, float* MML_RESTRICT x) {
    for (std::size_t j = 0; j < count; ++j) x[j] *= factor[j];
}

// The sums of `width` neighbouring columns, which stay in registers.
template <std::size_t width>
void sum_tile(std::size_t rows, std::size_t stride, const float* MML_RESTRICT x, float* MML_RESTRICT sum) {
    float sums[width] = {};
    for (std::size_t r = 0; r < rows; ++r, x += stride) {
        for (std::size_t j = 0; j < width; ++j) sums[j] += x[j];
    }
    for (std::size_t j = 0; j < width; ++j) sum[j] = sums[j];
}

void column_sums(std::size_t rows, std::size_t width, const float* MML_RESTRICT x, float* MML_RESTRICT sum) {
    std::size_t column = 0;
    for (; width - column >= 32; column += 32) sum_tile<32>(rows, width, x + column, sum + column);
    for (; width - column >= 8; column += 8) sum_tile<8>(rows, width, x + column, sum + column);
    for (; column < width; ++column) sum_tile<1>(rows, width, x + column, sum + column);
}

template <std::size_t width>
void single_tile(std::size_t rows, std::size_t stride, const float* MML_RESTRICT x, const float* MML_RESTRICT gradient,
                 const float* MML_RESTRICT weights, float* MML_RESTRICT weight_gradient, float* MML_RESTRICT x_gradient) {
    float sums[width] = {};
    for (std::size_t r = 0; r < rows; ++r, x += stride, x_gradient += stride) {
        for (std::size_t j = 0; j < width; ++j) {
            sums[j] += x[j] * gradient[r];
            x_gradient[j] = gradient[r] * weights[j];
        }
    }
    for (std::size_t j = 0; j < width; ++j) weight_gradient[j] = sums[j];
}

void single_backward(std::size_t rows, std::size_t inputs, const float* MML_RESTRICT x, const float* MML_RESTRICT gradient,
                     const float* MML_RESTRICT weights, float* MML_RESTRICT weight_gradient,
                     float* MML_RESTRICT x_gradient) {
    std::size_t column = 0;
    const auto tile = [&](auto* single, std::size_t columns) {
        single(rows, inputs, x + column, gradient, weights + column, weight_gradient + column, x_gradient + column);
        column += columns;
    };
    while (inputs - column >= 32) tile(single_tile<32>, 32);
    while (inputs - column >= 8) tile(single_tile<8>, 8);
    while (column < inputs) tile(single_tile<1>, 1);
}

// One row's sums of `width` neighbouring columns, which stay in registers while the inputs go by.
template <std::size_t width>
void dense_tile(std::size_t inputs, std::size_t stride, const float* MML_RESTRICT x, const float* MML_RESTRICT weights,
                const float* MML_RESTRICT bias, float* MML_RESTRICT out) {
    float sums[width];
    for (std::size_t j = 0; j < width; ++j) sums[j] = bias[j];
    for (std::size_t k = 0; k < inputs; ++k, weights += stride) {
        for (std::size_t j = 0; j < width; ++j) sums[j] += x[k] * weights[j];
    }
    for (std::size_t j = 0; j < width; ++j) out[j] = sums[j];
}

// One column of several rows, whose sums do not wait for each other.
void dense_column(std::size_t rows, std::size_t inputs, std::size_t width, const float* MML_RESTRICT x,
                  const float* MML_RESTRICT weights, float bias, float* MML_RESTRICT out) {
    constexpr std::size_t rows_at_once = 8;
    std::size_t row = 0;
    for (; row + rows_at_once <= rows; row += rows_at_once, x += rows_at_once * inputs) {
        float sums[rows_at_once];
        for (std::size_t r = 0; r < rows_at_once; ++r) sums[r] = bias;
        for (std::size_t k = 0; k < inputs; ++k) {
            const float weight = weights[k * width];
            for (std::size_t r = 0; r < rows_at_once; ++r) sums[r] += x[r * inputs + k] * weight;
        }
        for (std::size_t r = 0; r < rows_at_once; ++r) out[(row + r) * width] = sums[r];
    }
    for (; row < rows; ++row, x += inputs) {
        float sum = bias;
        for (std::size_t k = 0; k < inputs; ++k) sum += x[k] * weights[k * width];
        out[row * width] = sum;
    }
}

void dense_rows(std::size_t rows, std::size_t inputs, std::size_t width, const float* MML_RESTRICT x,
                const float* MML_RESTRICT weights, const float* MML_RESTRICT bias, float* MML_RESTRICT out) {
    std::size_t column = 0;
    const auto tile = [&](auto* dense, std::size_t columns) {
        for (std::size_t row = 0; row < rows; ++row)
            dense(inputs, width, x + row * inputs, weights + column, bias + column, out + row * width + column);
        column += columns;
    };
    while (width - column >= 64) tile(dense_tile<64>, 64);
    if (width - column >= 48) tile(dense_tile<48>, 48);
    if (width - column >= 32) tile(dense_tile<32>, 32);
    if (width - column >= 16) tile(dense_tile<16>, 16);
    if (width - column >= 8) tile(dense_tile<8>, 8);
    for (; column < width; ++column) dense_column(rows, inputs, width, x, weights + column, bias[column], out + column);
}

// Masks rather than branches, and a fixed length, so that compilers make a few vector instructions of it. lowest: 1 where
// bin 0 moves too, for it then wraps round and becomes the highest.
void move_rows(std::uint8_t* MML_RESTRICT leaves, const std::uint8_t* MML_RESTRICT bins, std::uint8_t leaf, std::uint8_t bin,
               std::uint8_t lowest, std::uint8_t new_leaf) {
    const auto change = static_cast<std::uint8_t>(leaf ^ new_leaf);
    const auto highest_below = static_cast<std::uint8_t>(bin - lowest);
    for (std::size_t row = 0; row < rows_a_tree_block; ++row) {
        const std::uint8_t in_leaf = leaves[row] == leaf ? 0xFF : 0;
        const std::uint8_t above = static_cast<std::uint8_t>(bins[row] - lowest) > highest_below ? 0xFF : 0;
        leaves[row] = static_cast<std::uint8_t>(leaves[row] ^ (in_leaf & above & change));
    }
}

void move_levels(std::uint8_t* MML_RESTRICT leaves, const std::uint8_t* MML_RESTRICT bins, std::uint8_t leaf,
                 std::uint64_t moved, std::uint8_t new_leaf) {
    for (std::size_t row = 0; row < rows_a_tree_block; ++row) {
        const bool moves = leaves[row] == leaf && (moved >> bins[row] & 1U) != 0;
        leaves[row] = moves ? new_leaf : leaves[row];
    }
}

void tree_leaves(std::size_t splits, const TreeSplit* split, const std::uint8_t* bins, std::uint8_t* leaves) {
    for (std::size_t row = 0; row < rows_a_tree_block; ++row) leaves[row] = 0;
    for (std::size_t i = 0; i < splits; ++i, ++split) {
        const std::uint8_t* const cells = bins + static_cast<std::size_t>(split->column) * rows_a_tree_block;
        const auto new_leaf = static_cast<std::uint8_t>(i + 1);
        if (split->moved != 0) {
            move_levels(leaves, cells, split->leaf, split->moved, new_leaf);
        } else {
            move_rows(leaves, cells, split->leaf, split->bin, split->empty_moves ? 1 : 0, new_leaf);
        }
    }
}

}  // namespace

const Kernels MML_KERNELS = {MML_KERNELS_NAME, sparse_forward, sparse_gradient, sparse_adam, adam,
                             gate_forward,     relu_forward,   relu_backward,   multiply,    column_sums,
                             single_backward,  dense_rows,     tree_leaves};

}  // namespace mml
