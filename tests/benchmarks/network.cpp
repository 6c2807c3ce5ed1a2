// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <benchmark/benchmark.h>
#include <functional>
#include <vector>

#include "base/random.hpp"
#include "base/supervisor.hpp"
#include "ensemble/kernels/kernels.hpp"
#include "learners/network/eigen_product/eigen_product.hpp"
#include "learners/network/sgemm.hpp"

namespace {

std::vector<float> random_values(std::size_t count, std::uint64_t seed) {
    mml::RandomStream random(seed);
    std::vector<float> values(count);
    std::ranges::generate(values, [&] { return static_cast<float>(random.normal()); });
    return values;
}

// Matrix products belong on the worker threads of a supervisor: GF are billions of additions and multiplications.
void run_on_worker(benchmark::State& state, double operations, const std::function<void()>& work) {
    mml::Supervisor supervisor({1, 0, {}});
    supervisor.run(1, [&](int) {
        while (state.KeepRunning()) work();
    });
    state.counters["GF"] = benchmark::Counter(operations / 1e9, benchmark::Counter::kIsIterationInvariantRate);
}

using Multiply = void (*)(bool transpose_a, bool transpose_b, std::size_t m, std::size_t n, std::size_t k, const float* a,
                          const float* b, float beta, float* c);

// What the library multiplies with where it is built without oneDNN.
void multiply_by_eigen(bool transpose_a, bool transpose_b, std::size_t m, std::size_t n, std::size_t k, const float* a,
                       const float* b, float beta, float* c) {
    mml::best_eigen_product().multiply(transpose_a, transpose_b, static_cast<std::ptrdiff_t>(m),
                                       static_cast<std::ptrdiff_t>(n), static_cast<std::ptrdiff_t>(k), a, b, beta, c);
}

// The yardstick of the line below: what this processor gives to a product large enough for nothing else to count.
void matrix_product(benchmark::State& state, Multiply multiply) {
    constexpr std::size_t size = 1024;
    const auto a = random_values(size * size, 1);
    const auto b = random_values(size * size, 2);
    std::vector<float> c(a.size());
    run_on_worker(state, 2.0 * static_cast<double>(size * size * size), [&] {
        multiply(false, false, size, size, size, a.data(), b.data(), 0, c.data());
        benchmark::DoNotOptimize(c.data());
    });
}
BENCHMARK_CAPTURE(matrix_product, library, mml::multiply_matrices)
    ->Name("matrix product 1024 x 1024 x 1024")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(matrix_product, eigen, multiply_by_eigen)
    ->Name("matrix product 1024 x 1024 x 1024, Eigen")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

constexpr std::size_t batch = 1000;
constexpr std::size_t inputs = 414;
constexpr std::size_t outputs = 138;

// Rows go through in pieces whose numbers stay in the processor's cache from the first product to the last.
class DenseLayer {
public:
    explicit DenseLayer(Multiply multiply) : multiply_(multiply) {}

    void run() {
        std::ranges::fill(weight_gradient_, 0.0F);
        for (std::size_t first = 0; first < batch; first += piece) run_piece(first, std::min(piece, batch - first));
    }

private:
    static constexpr std::size_t piece = 250;

    void run_piece(std::size_t first, std::size_t rows) {
        const float* x = x_.data() + first * inputs;
        multiply_(false, false, rows, outputs, inputs, x, weights_.data(), 0, y_.data());
        kernel_.relu_forward(rows, outputs, bias_.data(), y_.data());
        std::copy_n(upper_gradient_.data() + first * outputs, rows * outputs, gradient_.data());
        kernel_.relu_backward(rows * outputs, y_.data(), gradient_.data());
        kernel_.column_sums(rows, outputs, gradient_.data(), bias_gradient_.data());
        multiply_(true, false, inputs, outputs, rows, x, gradient_.data(), 1, weight_gradient_.data());
        multiply_(false, true, rows, inputs, outputs, gradient_.data(), weights_.data(), 0, lower_gradient_.data());
        benchmark::DoNotOptimize(lower_gradient_.data());
    }

    Multiply multiply_;
    const mml::Kernels& kernel_ = mml::kernels();
    std::vector<float> x_ = random_values(batch * inputs, 3);
    std::vector<float> weights_ = random_values(inputs * outputs, 4);
    std::vector<float> bias_ = random_values(outputs, 5);
    std::vector<float> upper_gradient_ = random_values(batch * outputs, 6);
    std::vector<float> y_ = std::vector<float>(std::size_t{piece} * outputs);
    std::vector<float> gradient_ = std::vector<float>(std::size_t{piece} * outputs);
    std::vector<float> lower_gradient_ = std::vector<float>(std::size_t{piece} * inputs);
    std::vector<float> weight_gradient_ = std::vector<float>(weights_.size());
    std::vector<float> bias_gradient_ = std::vector<float>(bias_.size());
};

// Forward and backward; the three products are counted, the rest of the layer is not.
void dense_layer(benchmark::State& state, Multiply multiply) {
    DenseLayer layer(multiply);
    run_on_worker(state, 3 * 2.0 * batch * inputs * outputs, [&] { layer.run(); });
}
BENCHMARK_CAPTURE(dense_layer, library, mml::multiply_matrices)
    ->Name("dense layer 414 to 138, batch 1000, forward and backward")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(dense_layer, eigen, multiply_by_eigen)
    ->Name("dense layer 414 to 138, batch 1000, forward and backward, Eigen")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
