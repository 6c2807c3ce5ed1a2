// SPDX-License-Identifier: Apache-2.0
#include "ensemble/kernels/kernels.hpp"

#include "base/processor.hpp"

namespace mml {

const Kernels& kernels() {
#if defined(__x86_64__) && !defined(_WIN32)
    if (processor_level() == ProcessorLevel::avx512) return kernels_avx512;
    if (processor_level() == ProcessorLevel::avx2) return kernels_avx2;
#endif
    return kernels_baseline;
}

const Kernels& exact_kernels() {
#if defined(__x86_64__) && !defined(_WIN32)
    if (processor_level() == ProcessorLevel::avx512) return kernels_avx512_exact;
    if (processor_level() == ProcessorLevel::avx2) return kernels_avx2_exact;
#endif
    return kernels_baseline_exact;
}

}  // namespace mml
