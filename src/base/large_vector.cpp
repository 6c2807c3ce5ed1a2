// SPDX-License-Identifier: Apache-2.0
#include "base/large_vector.hpp"

#ifndef _WIN32
#include <sys/mman.h>
#endif

namespace mml {

namespace {

#ifdef _WIN32
// Its heap gives large blocks back by itself.
constexpr std::size_t fewest_mapped_bytes = std::numeric_limits<std::size_t>::max();
void* mapped(std::size_t /*bytes*/) { throw std::bad_alloc(); }
void unmap(void* /*memory*/, std::size_t /*bytes*/) {}
#else
// Mapping costs more than malloc, which does not count where that much is then filled.
constexpr std::size_t fewest_mapped_bytes = std::size_t{1} << 18U;

void* mapped(std::size_t bytes) {
    void* const memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    return memory;
}

void unmap(void* memory, std::size_t bytes) { ::munmap(memory, bytes); }
#endif

}  // namespace

void* allocate_large(std::size_t bytes) { return bytes < fewest_mapped_bytes ? ::operator new(bytes) : mapped(bytes); }

void free_large(void* memory, std::size_t bytes) noexcept {
    if (bytes < fewest_mapped_bytes) {
        ::operator delete(memory);
    } else {
        unmap(memory, bytes);
    }
}

}  // namespace mml
