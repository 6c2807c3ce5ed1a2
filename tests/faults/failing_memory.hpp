// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace faults {

enum class Failing { one, all_from };

/// While it lives an allocation of this process fails, by its number from 0 on, or all from it on: malloc() and its kin for
/// whoever calls them, oneDNN and zlib too; under a sanitizer, which has these for itself, operator new. Spared are the
/// dynamic loader and OpenMP's runtime, which end the process where they find no memory (README.md of this folder).
class FailingMemory {
public:
    explicit FailingMemory(std::int64_t number, Failing how = Failing::all_from);
    FailingMemory(const FailingMemory&) = delete;
    FailingMemory& operator=(const FailingMemory&) = delete;
    ~FailingMemory();
};

/// Allocations that were asked for while the latest FailingMemory lived.
std::int64_t allocations_met();

/// Blocks that are allocated now.
std::int64_t live_blocks();

}  // namespace faults
