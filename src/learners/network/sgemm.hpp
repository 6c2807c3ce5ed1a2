// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace mml {

/// c = a * b + beta * c, all row-major float32: a is m x k (or stored k x m and read transposed), b is k x n (or stored
/// n x k), c is m x n. The one place that calls oneDNN, on one OpenMP thread. Only for the worker threads that
/// Supervisor::run() starts: the number of OpenMP threads is a setting of the thread, and the caller's is the host's.
void multiply_matrices(bool transpose_a, bool transpose_b, std::size_t m, std::size_t n, std::size_t k, const float* a,
                       const float* b, float beta, float* c);

}  // namespace mml
