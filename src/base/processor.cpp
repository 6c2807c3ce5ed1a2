// SPDX-License-Identifier: Apache-2.0
#include "base/processor.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace mml {

namespace {

#if defined(__x86_64__)

// The processor is asked itself: what __builtin_cpu_supports() reads is absent from Zig's runtime, and then always 0.
struct Registers {
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
};

Registers ask(unsigned leaf, unsigned subleaf) {
    Registers answer;
    __get_cpuid_count(leaf, subleaf, &answer.eax, &answer.ebx, &answer.ecx, &answer.edx);
    return answer;
}

constexpr bool has_all(unsigned bits, unsigned wanted) { return (bits & wanted) == wanted; }

// Which registers the operating system keeps for each thread.
unsigned kept_registers() {
    unsigned low = 0, high = 0;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

int asked_level() {
    constexpr unsigned level_2 = bit_SSE3 | bit_SSSE3 | bit_CMPXCHG16B | bit_SSE4_1 | bit_SSE4_2 | bit_POPCNT;
    constexpr unsigned level_3 = bit_AVX | bit_F16C | bit_FMA | bit_MOVBE | bit_OSXSAVE;
    constexpr unsigned level_3_more = bit_AVX2 | bit_BMI | bit_BMI2;
    constexpr unsigned level_4 = bit_AVX512F | bit_AVX512BW | bit_AVX512CD | bit_AVX512DQ | bit_AVX512VL;
    constexpr unsigned avx_registers = 0x06, avx512_registers = 0xe6;
    const unsigned basic = ask(1, 0).ecx, more = ask(7, 0).ebx, extended = ask(0x80000001, 0).ecx;
    if (!has_all(basic, level_2)) return 1;
    const bool is_3 = has_all(basic, level_3) && has_all(more, level_3_more) && has_all(extended, bit_LZCNT) &&
                      has_all(kept_registers(), avx_registers);
    if (!is_3) return 2;
    return has_all(more, level_4) && has_all(kept_registers(), avx512_registers) ? 4 : 3;
}

#else

int asked_level() { return 0; }

#endif

}  // namespace

int x86_64_level() {
    static const int level = asked_level();
    return level;
}

ProcessorLevel processor_level() {
#if defined(_WIN32)
    return ProcessorLevel::baseline;
#else
    return x86_64_level() >= 4   ? ProcessorLevel::avx512
           : x86_64_level() == 3 ? ProcessorLevel::avx2
                                 : ProcessorLevel::baseline;
#endif
}

}  // namespace mml
