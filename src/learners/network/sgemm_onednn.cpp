// SPDX-License-Identifier: Apache-2.0
#include <dnnl.h>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/text.hpp"
#include "learners/network/sgemm.hpp"

// Of whichever OpenMP runtime oneDNN was built with, or of none: including omp.h would tie us to this compiler's.
extern "C" __attribute__((weak)) void omp_set_num_threads(int count);
extern "C" __attribute__((weak)) int omp_get_max_threads();

namespace mml {

namespace {

bool use_one_openmp_thread() {
    if (omp_set_num_threads != nullptr) omp_set_num_threads(1);
    return true;
}

}  // namespace

void multiply_matrices(bool transpose_a, bool transpose_b, std::size_t m, std::size_t n, std::size_t k, const float* a,
                       const float* b, float beta, float* c) {
    [[maybe_unused]] thread_local const bool single = use_one_openmp_thread();
    const auto rows = narrowed<dnnl_dim_t>(m), columns = narrowed<dnnl_dim_t>(n), inner = narrowed<dnnl_dim_t>(k);
    const dnnl_status_t status = dnnl_sgemm(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', rows, columns, inner, 1.0F, a,
                                            transpose_a ? rows : inner, b, transpose_b ? inner : columns, beta, c, columns);
    if (status == dnnl_out_of_memory) fail(Status::out_of_memory, "oneDNN found no memory for a matrix product");
    if (status != dnnl_success)
        fail(Status::internal, concat("oneDNN refused a matrix product with status ", static_cast<int>(status)));
}

SingleThreadProducts::SingleThreadProducts() : threads_before_(omp_get_max_threads != nullptr ? omp_get_max_threads() : 1) {
    use_one_openmp_thread();
}

SingleThreadProducts::~SingleThreadProducts() {
    if (omp_set_num_threads != nullptr) omp_set_num_threads(threads_before_);
}

MatrixLibrary matrix_library() {
    const dnnl_version_t& version = *dnnl_version();
    return {"oneDNN", concat(version.major, ".", version.minor, ".", version.patch)};
}

}  // namespace mml
