// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "base/processor.hpp"

namespace mml {

/// The product of sgemm.hpp by Eigen, compiled for one generation of processors.
struct EigenProduct {
    ProcessorLevel level;
    const char* version;
    void (*multiply)(bool transpose_a, bool transpose_b, std::ptrdiff_t m, std::ptrdiff_t n, std::ptrdiff_t k,
                     const float* a, const float* b, float beta, float* c);
};

extern const EigenProduct eigen_product_baseline;
#if defined(__x86_64__) && !defined(_WIN32)
extern const EigenProduct eigen_product_avx2;
extern const EigenProduct eigen_product_avx512;
#endif

/// The one for this processor.
const EigenProduct& best_eigen_product();

}  // namespace mml
