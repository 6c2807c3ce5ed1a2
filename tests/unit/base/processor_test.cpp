// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "base/processor.hpp"

namespace {

#if defined(__x86_64__)
// As the compiler's own runtime sees it.
int level_by_compiler() {
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("sse4.2") || !__builtin_cpu_supports("popcnt")) return 1;
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("bmi2")) return 2;
    const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512vl");
    return wide ? 4 : 3;
}
#else
int level_by_compiler() { return 0; }
#endif

}  // namespace

TEST_CASE("the level of the processor is the one that the compiler's runtime finds") {
    CHECK(mml::x86_64_level() == level_by_compiler());
    CHECK((mml::processor_level() == mml::ProcessorLevel::avx512) == (mml::x86_64_level() == 4));
    CHECK((mml::processor_level() == mml::ProcessorLevel::avx2) == (mml::x86_64_level() == 3));
}
