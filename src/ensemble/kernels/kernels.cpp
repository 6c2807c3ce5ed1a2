// SPDX-License-Identifier: Apache-2.0
#include "ensemble/kernels/kernels.hpp"

namespace mml {

namespace {

enum class Level { baseline, avx2, avx512 };

Level best_level() {
#if defined(__x86_64__) && !defined(_WIN32)
    // Asked of the processor and the operating system together, as wide registers need both.
    static const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                             __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("bmi2");
    static const bool middle =
        __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
    if (wide) return Level::avx512;
    if (middle) return Level::avx2;
#endif
    return Level::baseline;
}

}  // namespace

const Kernels& kernels() {
#if defined(__x86_64__) && !defined(_WIN32)
    if (best_level() == Level::avx512) return kernels_avx512;
    if (best_level() == Level::avx2) return kernels_avx2;
#endif
    return kernels_baseline;
}

const Kernels& exact_kernels() {
#if defined(__x86_64__) && !defined(_WIN32)
    if (best_level() == Level::avx512) return kernels_avx512_exact;
    if (best_level() == Level::avx2) return kernels_avx2_exact;
#endif
    return kernels_baseline_exact;
}

}  // namespace mml
