// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mml {

/// The generations of x86-64 that some files are compiled for: avx2 is x86-64-v3, avx512 is x86-64-v4. Other processors, and
/// Windows, are baseline.
enum class ProcessorLevel { baseline, avx2, avx512 };

/// The best that processor and operating system share.
ProcessorLevel processor_level();

/// The level of the x86-64 psABI, 1 to 4, that processor and operating system share; 0 on other processors.
int x86_64_level();

}  // namespace mml
