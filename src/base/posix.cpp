// SPDX-License-Identifier: Apache-2.0
#include "base/posix.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

#include "base/error.hpp"
#include "base/text.hpp"

namespace mml::posix {

namespace {

template <typename Call>
auto uninterrupted(Call call) {
    auto result = call();
    while (result == -1 && errno == EINTR) result = call();
    return result;
}

// strerror() speaks the language of the locale that the host has set.
std::string reason(int code) {
#if defined(__GLIBC__) && defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 32)
    const char* text = strerrordesc_np(code);
    return text != nullptr ? text : concat("error ", code);
#else
    return std::system_category().message(code);
#endif
#else
    return std::system_category().message(code);
#endif
}

std::string_view advice(int code) {
    switch (code) {
        case ENOSPC:
        case EDQUOT: return "; free some space there";
        case EFBIG: return "; raise this user's limit on the size of files";
        case EMFILE:
        case ENFILE: return "; raise the limit on open files";
        case EACCES:
        case EPERM: return "; give the user who runs this the permission";
        case EROFS: return "; choose a place that can be written to";
        case ENOLCK: return "; the file system grants no locks: on NFS see that its lock service runs";
        default: return "";
    }
}

}  // namespace

int open(const std::string& path, int flags, mode_t mode) {
    return uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, mode); });
}

ssize_t read(int descriptor, void* bytes, std::size_t size) {
    return uninterrupted([&] { return ::read(descriptor, bytes, size); });
}

ssize_t write(int descriptor, const void* bytes, std::size_t size) {
    return uninterrupted([&] { return ::write(descriptor, bytes, size); });
}

int fsync(int descriptor) {
    return uninterrupted([&] { return ::fsync(descriptor); });
}

int fchmod(int descriptor, mode_t mode) {
    return uninterrupted([&] { return ::fchmod(descriptor, mode); });
}

int fstat(int descriptor, struct stat* out) {
    return uninterrupted([&] { return ::fstat(descriptor, out); });
}

int flock(int descriptor, int operation) {
    return uninterrupted([&] { return ::flock(descriptor, operation); });
}

int close(int descriptor) {
    const int result = ::close(descriptor);
    return result == -1 && errno == EINTR ? 0 : result;
}

int rename(const std::string& from, const std::string& to) {
    return uninterrupted([&] { return ::rename(from.c_str(), to.c_str()); });
}

int unlink(const std::string& path) {
    return uninterrupted([&] { return ::unlink(path.c_str()); });
}

int mkdir(const std::string& path, mode_t mode) {
    return uninterrupted([&] { return ::mkdir(path.c_str(), mode); });
}

int chmod(const std::string& path, mode_t mode) {
    return uninterrupted([&] { return ::chmod(path.c_str(), mode); });
}

int stat(const std::string& path, struct stat* out) {
    return uninterrupted([&] { return ::stat(path.c_str(), out); });
}

std::string quoted_path(const std::string& path) {
    constexpr std::size_t longest_shown = 1024;
    return quote(path, longest_shown);
}

void fail(std::string_view action, const std::string& path) {
    const int code = errno;
    mml::fail(Status::input_output, concat("cannot ", action, " ", quoted_path(path), ": ", reason(code), advice(code)));
}

}  // namespace mml::posix
