// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace mml {

/// c = a * b + beta * c, all row-major float32: a is m x k (or stored k x m and read transposed), b is k x n (or stored
/// n x k), c is m x n; where beta is 0, what c held is not read. By oneDNN or by Eigen, as the build was configured
/// (MOODLEML_ONEDNN), on one thread. For the worker threads that Supervisor::run() starts, since the number of OpenMP
/// threads is a setting of the thread, and the caller's is the host's; on the caller's only under SingleThreadProducts.
void multiply_matrices(bool transpose_a, bool transpose_b, std::size_t m, std::size_t n, std::size_t k, const float* a,
                       const float* b, float beta, float* c);

/// While it lives, this thread multiplies matrices alone; afterwards the number of OpenMP threads is what it was.
class SingleThreadProducts {
public:
    SingleThreadProducts();
    ~SingleThreadProducts();
    SingleThreadProducts(const SingleThreadProducts&) = delete;
    SingleThreadProducts& operator=(const SingleThreadProducts&) = delete;

private:
    int threads_before_;
};

/// What multiplies matrices: "oneDNN" or "Eigen", and the version that is loaded.
struct MatrixLibrary {
    std::string name;
    std::string version;
};
MatrixLibrary matrix_library();

}  // namespace mml
