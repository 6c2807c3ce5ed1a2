// SPDX-License-Identifier: Apache-2.0
#include "failing_memory.hpp"

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <link.h>
#include <new>
#include <string_view>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define FAULTS_WITH_SANITIZER
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FAULTS_WITH_SANITIZER
#endif

namespace {

constexpr std::int64_t never = INT64_MAX;
std::atomic<std::int64_t> first_failing{never};
std::atomic<bool> only_one{false};
std::atomic<bool> counting{false};
std::atomic<std::int64_t> met{0};
std::atomic<std::int64_t> live{0};

bool fails_now() {
    if (!counting.load()) return false;
    const std::int64_t number = met.fetch_add(1);
    return only_one.load() ? number == first_failing.load() : number >= first_failing.load();
}

void count(const void* block) {
    if (block != nullptr) live.fetch_add(1, std::memory_order_relaxed);
}

void count_freed(const void* block) {
    if (block != nullptr) live.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace

namespace faults {

std::int64_t allocations_met() { return met.load(); }

std::int64_t live_blocks() { return live.load(); }

FailingMemory::~FailingMemory() { counting = false; }

}  // namespace faults

#if defined(FAULTS_WITH_SANITIZER)

namespace {

void* try_to_allocate(std::size_t size, std::size_t alignment) {
    if (fails_now()) return nullptr;
    void* const block = std::aligned_alloc(alignment, (size + alignment) / alignment * alignment);
    count(block);
    return block;
}

void* allocate(std::size_t size, std::size_t alignment = alignof(std::max_align_t)) {
    void* const block = try_to_allocate(size, alignment);
    if (block == nullptr) throw std::bad_alloc();
    return block;
}

void release(void* block) {
    count_freed(block);
    std::free(block);
}

}  // namespace

namespace faults {

FailingMemory::FailingMemory(std::int64_t number, Failing how) {
    first_failing = number;
    only_one = how == Failing::one;
    met = 0;
    counting = true;
}

}  // namespace faults

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, std::align_val_t alignment) { return allocate(size, std::size_t(alignment)); }
void* operator new[](std::size_t size, std::align_val_t alignment) { return allocate(size, std::size_t(alignment)); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return try_to_allocate(size, alignof(std::max_align_t));
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return try_to_allocate(size, alignof(std::max_align_t));
}
void operator delete(void* block) noexcept { release(block); }
void operator delete[](void* block) noexcept { release(block); }
void operator delete(void* block, std::size_t) noexcept { release(block); }
void operator delete[](void* block, std::size_t) noexcept { release(block); }
void operator delete(void* block, std::align_val_t) noexcept { release(block); }
void operator delete[](void* block, std::align_val_t) noexcept { release(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { release(block); }
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept { release(block); }

#else

// What the GNU C library calls its own, for programs that put theirs in front of them.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* block);
}

namespace {

struct Code {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
};
constexpr int most_spared = 8;
Code spared[most_spared];
int spared_count = 0;

int note_spared(dl_phdr_info* object, std::size_t, void*) {
    const std::string_view name = object->dlpi_name == nullptr ? "" : object->dlpi_name;
    if (name.find("/ld-linux") == std::string_view::npos && name.find("/libgomp") == std::string_view::npos) return 0;
    for (int i = 0; i < object->dlpi_phnum && spared_count < most_spared; ++i) {
        const ElfW(Phdr)& part = object->dlpi_phdr[i];
        if (part.p_type != PT_LOAD || (part.p_flags & PF_X) == 0) continue;
        const std::uintptr_t begin = object->dlpi_addr + part.p_vaddr;
        spared[spared_count++] = {begin, begin + part.p_memsz};
    }
    return 0;
}

bool fails_for(const void* caller) {
    if (!counting.load()) return false;
    const auto address = reinterpret_cast<std::uintptr_t>(caller);
    for (int i = 0; i < spared_count; ++i) {
        if (address >= spared[i].begin && address < spared[i].end) return false;
    }
    return fails_now();
}

void* refused() {
    errno = ENOMEM;
    return nullptr;
}

void* counted(void* block) {
    count(block);
    return block;
}

}  // namespace

namespace faults {

FailingMemory::FailingMemory(std::int64_t number, Failing how) {
    if (spared_count == 0) dl_iterate_phdr(note_spared, nullptr);
    first_failing = number;
    only_one = how == Failing::one;
    met = 0;
    counting = true;
}

}  // namespace faults

#define FAULTS_EXPORT extern "C" __attribute__((visibility("default")))

FAULTS_EXPORT void* malloc(std::size_t size) {
    return fails_for(__builtin_return_address(0)) ? refused() : counted(__libc_malloc(size));
}

FAULTS_EXPORT void* calloc(std::size_t count, std::size_t size) {
    return fails_for(__builtin_return_address(0)) ? refused() : counted(__libc_calloc(count, size));
}

FAULTS_EXPORT void* realloc(void* block, std::size_t size) {
    if (fails_for(__builtin_return_address(0))) return refused();
    if (block != nullptr) return __libc_realloc(block, size);
    return counted(__libc_realloc(block, size));
}

FAULTS_EXPORT void* memalign(std::size_t alignment, std::size_t size) {
    return fails_for(__builtin_return_address(0)) ? refused() : counted(__libc_memalign(alignment, size));
}

FAULTS_EXPORT void* aligned_alloc(std::size_t alignment, std::size_t size) {
    return fails_for(__builtin_return_address(0)) ? refused() : counted(__libc_memalign(alignment, size));
}

FAULTS_EXPORT int posix_memalign(void** out, std::size_t alignment, std::size_t size) {
    if (fails_for(__builtin_return_address(0))) return ENOMEM;
    void* const block = counted(__libc_memalign(alignment, size));
    if (block == nullptr) return ENOMEM;
    *out = block;
    return 0;
}

FAULTS_EXPORT void free(void* block) {
    count_freed(block);
    __libc_free(block);
}

#endif
