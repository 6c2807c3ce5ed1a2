// SPDX-License-Identifier: Apache-2.0
#include "learners/network/eigen_product/eigen_product.hpp"

namespace mml {

const EigenProduct& best_eigen_product() {
#if defined(__x86_64__) && !defined(_WIN32)
    if (processor_level() == ProcessorLevel::avx512) return eigen_product_avx512;
    if (processor_level() == ProcessorLevel::avx2) return eigen_product_avx2;
#endif
    return eigen_product_baseline;
}

}  // namespace mml
