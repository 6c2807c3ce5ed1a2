// SPDX-License-Identifier: Apache-2.0
// Matrix products against sums in double: what the library was configured with, and Eigen's on each level of this processor.
#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "base/supervisor.hpp"
#include "learners/network/eigen_product/eigen_product.hpp"
#include "learners/network/sgemm.hpp"

using namespace mml;

namespace {

struct Product {
    std::string name;
    std::function<void(bool, bool, std::size_t, std::size_t, std::size_t, const float*, const float*, float, float*)>
        multiply;
};

Product by_eigen(const std::string& name, const EigenProduct& product) {
    return {"Eigen, " + name, [&product](bool transpose_a, bool transpose_b, auto m, auto n, auto k, auto... rest) {
                product.multiply(transpose_a, transpose_b, static_cast<std::ptrdiff_t>(m), static_cast<std::ptrdiff_t>(n),
                                 static_cast<std::ptrdiff_t>(k), rest...);
            }};
}

std::vector<Product> products() {
    std::vector<Product> all{{matrix_library().name, multiply_matrices}, by_eigen("baseline", eigen_product_baseline)};
#if defined(__x86_64__) && !defined(_WIN32)
    if (processor_level() != ProcessorLevel::baseline) all.push_back(by_eigen("AVX2", eigen_product_avx2));
    if (processor_level() == ProcessorLevel::avx512) all.push_back(by_eigen("AVX-512", eigen_product_avx512));
#endif
    return all;
}

std::vector<float> normal_values(RandomStream& random, std::size_t count) {
    std::vector<float> values(count);
    for (float& value : values) value = static_cast<float>(random.normal());
    return values;
}

struct Case {
    bool transpose_a, transpose_b;
    std::size_t m, n, k;
    float beta;
    std::vector<float> a, b, c;

    Case(bool first, bool second, std::size_t rows, std::size_t columns, std::size_t inner, float kept)
        : transpose_a(first), transpose_b(second), m(rows), n(columns), k(inner), beta(kept) {
        RandomStream random(m + 1000 * n + 1000000 * k);
        a = normal_values(random, m * k);
        b = normal_values(random, k * n);
        c = normal_values(random, m * n);
    }

    [[nodiscard]] double expected(std::size_t row, std::size_t column) const {
        double sum = static_cast<double>(beta) * static_cast<double>(c[row * n + column]);
        for (std::size_t i = 0; i < k; ++i) {
            const float left = transpose_a ? a[i * m + row] : a[row * k + i];
            const float right = transpose_b ? b[column * k + i] : b[i * n + column];
            sum += static_cast<double>(left) * static_cast<double>(right);
        }
        return sum;
    }

    [[nodiscard]] std::vector<float> result(const Product& product) const {
        std::vector<float> values = c;
        Supervisor supervisor({1, 0, {}});
        supervisor.run(
            1, [&](int) { product.multiply(transpose_a, transpose_b, m, n, k, a.data(), b.data(), beta, values.data()); });
        return values;
    }

    // The largest difference, in units that a sum of k products of normal numbers may lose.
    [[nodiscard]] double error(const Product& product) const {
        const std::vector<float> values = result(product);
        double largest = 0;
        for (std::size_t row = 0; row < m; ++row) {
            for (std::size_t column = 0; column < n; ++column) {
                const double apart = std::abs(static_cast<double>(values[row * n + column]) - expected(row, column));
                if (!(apart <= largest)) largest = apart;
            }
        }
        return largest / (std::numeric_limits<float>::epsilon() * static_cast<double>(k + 1));
    }
};

}  // namespace

TEST_CASE("a matrix product is right for every shape, transposed or not, added or not") {
    struct Shape {
        std::size_t m, n, k;
    };
    // One row, one column, one product; more and less than a vector register; more than one block of Eigen's caches.
    for (const Shape shape :
         {Shape{1, 1, 1}, {5, 3, 7}, {250, 138, 41}, {33, 17, 1}, {1, 64, 300}, {40, 1, 500}, {70, 50, 1500}}) {
        for (const bool transpose_a : {false, true}) {
            for (const bool transpose_b : {false, true}) {
                for (const float beta : {0.0F, 1.0F, 0.5F}) {
                    const Case example(transpose_a, transpose_b, shape.m, shape.n, shape.k, beta);
                    for (const Product& product : products()) {
                        CAPTURE(product.name);
                        CAPTURE(shape.m);
                        CAPTURE(shape.n);
                        CAPTURE(shape.k);
                        CHECK(example.error(product) < 4);
                    }
                }
            }
        }
    }
}

TEST_CASE("a matrix product with beta 0 does not read what was there") {
    Case example(false, false, 20, 30, 10, 0);
    std::ranges::fill(example.c, std::numeric_limits<float>::quiet_NaN());
    for (const Product& product : products()) {
        CAPTURE(product.name);
        for (const float value : example.result(product)) CHECK(std::isfinite(value));
    }
}

TEST_CASE("the same matrix product has the same bits each time") {
    const Case example(false, true, 200, 60, 700, 1);
    for (const Product& product : products()) {
        CAPTURE(product.name);
        CHECK(example.result(product) == example.result(product));
    }
}
