// SPDX-License-Identifier: Apache-2.0
#include "base/processor.hpp"

namespace mml {

ProcessorLevel processor_level() {
#if defined(__x86_64__) && !defined(_WIN32)
    // Asked of the processor and the operating system together, as wide registers need both.
    static const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                             __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("bmi2");
    static const bool middle =
        __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
    if (wide) return ProcessorLevel::avx512;
    if (middle) return ProcessorLevel::avx2;
#endif
    return ProcessorLevel::baseline;
}

}  // namespace mml
