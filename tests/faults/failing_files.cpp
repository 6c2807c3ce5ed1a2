// SPDX-License-Identifier: Apache-2.0
#include "failing_files.hpp"

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

std::atomic<bool> armed{false};
std::atomic<std::int64_t> failing{0};
std::atomic<std::int64_t> met{0};
std::atomic<const char*> failed{""};
faults::FileFault wanted;

bool fails_now(const char* name) {
    if (!armed.load() || met.fetch_add(1) != failing.load()) return false;
    failed = name;
    return true;
}

int refused() {
    errno = wanted.error;
    return -1;
}

template <typename Function>
Function* next(const char* name, Function* /*like*/) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

// A fault of half a call is none of calls that have no halves.
bool refuses(const char* name) { return fails_now(name) && !wanted.halves; }

std::size_t part_of(const char* name, std::size_t size, bool* refuse) {
    if (!fails_now(name)) return size;
    *refuse = !wanted.halves;
    return (size + 1) / 2;
}

}  // namespace

namespace faults {

FailingFiles::FailingFiles(std::int64_t number, FileFault fault) {
    wanted = fault;
    failing = number;
    met = 0;
    failed = "";
    armed = true;
}

FailingFiles::~FailingFiles() { armed = false; }

std::int64_t file_calls_met() { return met.load(); }

std::string failed_file_call() { return failed.load(); }

}  // namespace faults

// One of the C library's functions, which fails where it is its turn.
#define FAULTS_FILE_CALL(name, parameters, ...)                                             \
    extern "C" __attribute__((visibility("default"))) int name parameters {                 \
        static auto* const original = next(#name, static_cast<int(*) parameters>(nullptr)); \
        return refuses(#name) ? refused() : original(__VA_ARGS__);                          \
    }

FAULTS_FILE_CALL(fsync, (int file), file)
FAULTS_FILE_CALL(fchmod, (int file, mode_t mode), file, mode)
FAULTS_FILE_CALL(fchmodat, (int at, const char* path, mode_t mode, int flags), at, path, mode, flags)
FAULTS_FILE_CALL(chmod, (const char* path, mode_t mode), path, mode)
FAULTS_FILE_CALL(ftruncate, (int file, off_t size), file, size)
FAULTS_FILE_CALL(flock, (int file, int operation), file, operation)
FAULTS_FILE_CALL(rename, (const char* from, const char* to), from, to)
FAULTS_FILE_CALL(unlink, (const char* path), path)
FAULTS_FILE_CALL(mkdir, (const char* path, mode_t mode), path, mode)
FAULTS_FILE_CALL(rmdir, (const char* path), path)
FAULTS_FILE_CALL(stat, (const char* path, struct stat* out), path, out)
FAULTS_FILE_CALL(fstat, (int file, struct stat* out), file, out)

extern "C" __attribute__((visibility("default"))) int open(const char* path, int flags, ...) {
    static auto* const original = next("open", static_cast<int (*)(const char*, int, ...)>(nullptr));
    va_list more;
    va_start(more, flags);
    const int mode = va_arg(more, int);
    va_end(more);
    return refuses("open") ? refused() : original(path, flags, mode);
}

extern "C" __attribute__((visibility("default"))) int close(int file) {
    static auto* const original = next("close", static_cast<int (*)(int)>(nullptr));
    const int result = original(file);
    return refuses("close") ? refused() : result;
}

extern "C" __attribute__((visibility("default"))) ssize_t read(int file, void* bytes, std::size_t size) {
    static auto* const original = next("read", static_cast<ssize_t (*)(int, void*, std::size_t)>(nullptr));
    bool refuse = false;
    const std::size_t part = part_of("read", size, &refuse);
    return refuse ? refused() : original(file, bytes, part);
}

extern "C" __attribute__((visibility("default"))) ssize_t write(int file, const void* bytes, std::size_t size) {
    static auto* const original = next("write", static_cast<ssize_t (*)(int, const void*, std::size_t)>(nullptr));
    bool refuse = false;
    const std::size_t part = part_of("write", size, &refuse);
    return refuse ? refused() : original(file, bytes, part);
}

extern "C" __attribute__((visibility("default"))) ssize_t writev(int file, const iovec* pieces, int count) {
    static auto* const original = next("writev", static_cast<ssize_t (*)(int, const iovec*, int)>(nullptr));
    return refuses("writev") ? refused() : original(file, pieces, count);
}

extern "C" __attribute__((visibility("default"))) DIR* fdopendir(int file) {
    static auto* const original = next("fdopendir", static_cast<DIR* (*)(int)>(nullptr));
    if (!refuses("fdopendir")) return original(file);
    refused();
    return nullptr;
}

extern "C" __attribute__((visibility("default"))) dirent* readdir(DIR* directory) {
    static auto* const original = next("readdir", static_cast<dirent* (*)(DIR*)>(nullptr));
    if (!refuses("readdir")) return original(directory);
    refused();
    return nullptr;
}

// What streams of the C++ library open files by.
extern "C" __attribute__((visibility("default"))) FILE* fopen64(const char* path, const char* mode) {
    static auto* const original = next("fopen64", static_cast<FILE* (*)(const char*, const char*)>(nullptr));
    if (!refuses("fopen64")) return original(path, mode);
    refused();
    return nullptr;
}
