// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <limits>
#include <new>
#include <vector>

namespace mml {

/// Memory that comes from the system, and goes back there when it is freed, where it is a quarter of a megabyte or more.
/// Throws std::bad_alloc.
void* allocate_large(std::size_t bytes);
void free_large(void* memory, std::size_t bytes) noexcept;

template <typename T>
struct LargeAllocator {
    using value_type = T;

    LargeAllocator() = default;
    template <typename Other>
    LargeAllocator(const LargeAllocator<Other>& /*other*/) {}  // NOLINT(google-explicit-constructor)

    T* allocate(std::size_t count) {
        if (count > std::numeric_limits<std::size_t>::max() / sizeof(T)) throw std::bad_array_new_length();
        return static_cast<T*>(allocate_large(count * sizeof(T)));
    }
    void deallocate(T* memory, std::size_t count) noexcept { free_large(memory, count * sizeof(T)); }

    template <typename Other>
    bool operator==(const LargeAllocator<Other>& /*other*/) const {
        return true;
    }
};

/// For what has an entry a row or a cell. What is allocated after such a thing and stays longer would keep malloc from
/// giving its memory back, and the next step of a training would take new.
template <typename T>
using LargeVector = std::vector<T, LargeAllocator<T>>;

}  // namespace mml
