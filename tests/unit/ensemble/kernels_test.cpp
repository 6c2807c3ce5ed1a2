// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "ensemble/kernels/kernels.hpp"

using namespace mml;

namespace {

// Those that this processor has; the baseline first.
std::vector<const Kernels*> kernel_sets() {
    std::vector<const Kernels*> sets{&kernels_baseline};
#if defined(__x86_64__) && !defined(_WIN32)
    if (&kernels() != &kernels_baseline) sets.push_back(&kernels_avx2);
    if (&kernels() == &kernels_avx512) sets.push_back(&kernels_avx512);
#endif
    return sets;
}

std::vector<const Kernels*> exact_sets() {
    std::vector<const Kernels*> sets{&kernels_baseline_exact};
#if defined(__x86_64__) && !defined(_WIN32)
    if (&exact_kernels() != &kernels_baseline_exact) sets.push_back(&kernels_avx2_exact);
    if (&exact_kernels() == &kernels_avx512_exact) sets.push_back(&kernels_avx512_exact);
#endif
    return sets;
}

constexpr std::size_t rows = 5;
constexpr std::size_t width = 37;  // no multiple of a vector register
constexpr std::size_t columns = 6;

std::vector<float> normal_numbers(std::uint64_t seed, std::size_t count) {
    RandomStream random(seed);
    std::vector<float> numbers(count);
    for (float& number : numbers) number = static_cast<float>(random.normal());
    return numbers;
}

// What every loop makes of the same numbers, one after the other.
class Results {
public:
    explicit Results(const Kernels& kernel) : kernel_(kernel) {
        sparse_loops();
        gates();
        dense_loops();
    }

    std::vector<float> numbers;

private:
    void take(const std::vector<float>& made) { numbers.insert(numbers.end(), made.begin(), made.end()); }

    void take(const std::vector<std::vector<float>>& made) {
        for (const auto& part : made) take(part);
    }

    // Three rows of six columns with cells (0, 1), (0, 4), (1, 0), (2, 1), (2, 2) and (2, 5).
    void sparse_loops() {
        const std::vector<std::size_t> starts{0, 2, 3, 6};
        const std::vector<std::uint32_t> places{1, 4, 0, 1, 2, 5};
        const std::vector<float> cells = normal_numbers(1, 6), weights = normal_numbers(2, columns * width),
                                 bias = normal_numbers(3, width), gradient = normal_numbers(4, 3 * width),
                                 total = normal_numbers(5, width), constant = normal_numbers(6, columns);
        std::vector<float> out(3 * width), last(width), scratch(width);
        kernel_.sparse_forward({starts.data(), places.data(), cells.data(), 3}, weights.data(), bias.data(), width,
                               out.data());
        kernel_.sparse_forward({starts.data() + 2, places.data(), cells.data(), 1}, weights.data(), bias.data(), width,
                               last.data());
        take({out, last});
        CHECK(std::equal(last.begin(), last.end(), out.begin() + 2 * width));

        const std::vector<std::size_t> by_column{0, 1, 3, 4, 4, 5, 6}, row_of{1, 0, 2, 2, 0, 2};
        std::vector<float> moved = weights, first(weights.size()), second(weights.size()), average = weights;
        kernel_.sparse_adam({by_column.data(), row_of.data(), cells.data()}, columns, constant.data(), total.data(),
                            gradient.data(), width, step(), {moved.data(), first.data(), second.data(), average.data()},
                            scratch.data());
        take({moved, first, second, average});
    }

    static AdamStep step() {
        AdamStep made;
        made.length = 0.01F;
        made.second_scale = 1000;
        made.keep = 0.999F;
        made.average_gain = 0.1F;
        return made;
    }

    void gates() {
        std::vector<float> pre = normal_numbers(7, rows * 2 * width), hidden(rows * width);
        kernel_.gate_forward(rows, width, pre.data(), hidden.data());
        take({hidden, pre});
        std::vector<float> x = normal_numbers(9, rows * width), gradient = normal_numbers(10, rows * width), sums(width);
        kernel_.relu_forward(rows, width, normal_numbers(11, width).data(), x.data());
        kernel_.relu_backward(rows * width, x.data(), gradient.data());
        take({x, gradient});
        kernel_.multiply(rows * width, gradient.data(), x.data());
        kernel_.column_sums(rows, width, gradient.data(), sums.data());
        take({x, sums});
        std::vector<float> weight_gradient(width), x_gradient(rows * width);
        kernel_.single_backward(rows, width, x.data(), normal_numbers(16, rows).data(), normal_numbers(17, width).data(),
                                weight_gradient.data(), x_gradient.data());
        take({weight_gradient, x_gradient});
    }

    void dense_loops() {
        std::vector<float> out(width), weights = normal_numbers(14, width), first = normal_numbers(15, width),
                                       second(width, 0.5F), average(width);
        kernel_.dense_rows(1, rows, width, normal_numbers(12, rows).data(), normal_numbers(13, rows * width).data(),
                           weights.data(), out.data());
        kernel_.adam(width, out.data(), step(), {weights.data(), first.data(), second.data(), average.data()});
        take({out, weights, first, second, average});
    }

    const Kernels& kernel_;
};

}  // namespace

TEST_CASE("every loop gives the same in every instruction set of this processor") {
    const std::vector<float> expected = Results(kernels_baseline).numbers;
    CHECK(std::ranges::count(expected, 0.0F) < static_cast<std::ptrdiff_t>(expected.size() / 3));
    std::vector<const Kernels*> sets = kernel_sets();
    sets.push_back(&kernels_baseline_exact);
    for (const Kernels* set : sets) {
        CAPTURE(std::string(set->name));
        const std::vector<float> found = Results(*set).numbers;
        REQUIRE(found.size() == expected.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
            const float apart = std::abs(found[i] - expected[i]);
            if (!(apart <= 1e-5F * std::max(1.0F, std::abs(expected[i])))) FAIL_CHECK("number ", i, ": ", found[i]);
        }
    }
}

TEST_CASE("every exact loop gives the same bits in every instruction set of this processor") {
    for (const Kernels* set : exact_sets()) {
        CAPTURE(std::string(set->name));
        CHECK(Results(*set).numbers == Results(kernels_baseline_exact).numbers);
    }
}

TEST_CASE("the rows of a block reach the same leaves in every instruction set") {
    RandomStream random(3);
    for (const unsigned splits : {0U, 1U, 19U, 255U}) {
        std::vector<TreeSplit> tree;
        for (unsigned i = 0; i < splits; ++i) {
            TreeSplit split;
            split.leaf = static_cast<std::uint8_t>(random.below(std::uint64_t{i} + 1));
            split.column = static_cast<std::int32_t>(random.below(columns));
            if (split.column == 0) {
                split.moved = random.below(std::uint64_t{1} << 63U) | 1U;
            } else {
                split.empty_moves = random.below(3) == 0;
                split.bin = static_cast<std::uint8_t>(1 + random.below(60));
            }
            tree.push_back(split);
        }
        std::vector<std::uint8_t> bins;
        for (std::size_t i = 0; i < columns * rows_a_tree_block; ++i)
            bins.push_back(static_cast<std::uint8_t>(random.below(64)));
        std::vector<std::uint8_t> expected(rows_a_tree_block, 0);
        for (std::size_t i = 0; i < tree.size(); ++i) {
            for (std::size_t row = 0; row < expected.size(); ++row) {
                const std::uint8_t bin = bins[static_cast<std::size_t>(tree[i].column) * expected.size() + row];
                const bool moves = tree[i].moved != 0 ? (tree[i].moved >> bin & 1U) != 0
                                   : bin == 0         ? tree[i].empty_moves
                                                      : bin > tree[i].bin;
                if (expected[row] == tree[i].leaf && moves) expected[row] = static_cast<std::uint8_t>(i + 1);
            }
        }
        for (const Kernels* set : exact_sets()) {
            std::vector<std::uint8_t> leaves(rows_a_tree_block, 7);
            set->tree_leaves(splits, tree.data(), bins.data(), leaves.data());
            CHECK(leaves == expected);
        }
    }
}

TEST_CASE("dense rows are their bias and the weighted lines, in every instruction set, for every width and number of rows") {
    constexpr std::size_t inputs = 5;
    for (const Kernels* set : exact_sets()) {
        for (const unsigned width : {1U, 3U, 7U, 8U, 19U, 24U, 47U, 63U, 64U, 135U}) {
            for (const unsigned rows : {1U, 7U, 8U, 19U}) {
                const std::vector<float> x = normal_numbers(1, rows * inputs), weights = normal_numbers(2, inputs * width),
                                         bias = normal_numbers(3, width);
                std::vector<float> out(rows * width), expected;
                set->dense_rows(rows, inputs, width, x.data(), weights.data(), bias.data(), out.data());
                for (std::size_t row = 0; row < rows; ++row) {
                    for (std::size_t j = 0; j < width; ++j) {
                        float sum = bias[j];
                        for (std::size_t k = 0; k < inputs; ++k) sum += x[row * inputs + k] * weights[k * width + j];
                        expected.push_back(sum);
                    }
                }
                CHECK(out == expected);
            }
        }
    }
}

TEST_CASE("a layer of one output passes its gradient back to its weights and inputs, in every instruction set") {
    constexpr std::size_t rows = 3, inputs = 43;
    const std::vector<float> x = normal_numbers(1, rows * inputs), gradient = normal_numbers(2, rows),
                             weights = normal_numbers(3, inputs);
    std::vector<float> by_weights(inputs), by_inputs, expected(inputs);
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t j = 0; j < inputs; ++j) {
            expected[j] += x[row * inputs + j] * gradient[row];
            by_inputs.push_back(gradient[row] * weights[j]);
        }
    }
    for (const Kernels* set : exact_sets()) {
        std::vector<float> found(rows * inputs);
        set->single_backward(rows, inputs, x.data(), gradient.data(), weights.data(), by_weights.data(), found.data());
        CHECK(found == by_inputs);
        CHECK(by_weights == expected);
    }
}
