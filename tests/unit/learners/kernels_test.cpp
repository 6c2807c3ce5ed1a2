// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <vector>

#include "learners/network/kernels.hpp"

using namespace mml;

TEST_CASE("every instruction set of this processor gives the same sums") {
    std::vector<const Kernels*> sets{&kernels_baseline};
#if defined(__x86_64__)
    if (&kernels() != &kernels_baseline) sets.push_back(&kernels());
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2"))
        sets.push_back(&kernels_avx2);
#endif
    const std::vector<float> x{1, -2, 3}, weights{1, 2, 3, 4, 5, 6}, bias{0.5F, -0.5F};
    for (const Kernels* set : sets) {
        std::vector<float> out(2);
        set->dense_row(3, 2, x.data(), weights.data(), bias.data(), out.data());
        CHECK(out[0] == doctest::Approx(10.5));
        CHECK(out[1] == doctest::Approx(11.5));
    }
}
