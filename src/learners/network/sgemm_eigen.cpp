// SPDX-License-Identifier: Apache-2.0
#include "base/index.hpp"
#include "learners/network/eigen_product/eigen_product.hpp"
#include "learners/network/sgemm.hpp"

namespace mml {

void multiply_matrices(bool transpose_a, bool transpose_b, std::size_t m, std::size_t n, std::size_t k, const float* a,
                       const float* b, float beta, float* c) {
    best_eigen_product().multiply(transpose_a, transpose_b, narrowed<std::ptrdiff_t>(m), narrowed<std::ptrdiff_t>(n),
                                  narrowed<std::ptrdiff_t>(k), a, b, beta, c);
}

// Eigen's product starts no threads here.
SingleThreadProducts::SingleThreadProducts() : threads_before_(1) {}
SingleThreadProducts::~SingleThreadProducts() = default;

MatrixLibrary matrix_library() { return {"Eigen", best_eigen_product().version}; }

}  // namespace mml
