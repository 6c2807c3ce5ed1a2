// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <poll.h>
#include <string_view>
#include <sys/file.h>
#include <unistd.h>

#include "base/posix.hpp"

namespace mml::posix {

namespace {

template <typename Call>
auto uninterrupted(Call call) {
    auto result = call();
    while (result == -1 && errno == EINTR) result = call();
    return result;
}

}  // namespace

int open(const std::string& path, int flags, unsigned mode) {
    return uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, mode); });
}

// Only a regular file can have a lease, such as a file server takes; it is given back while open() waits.
int open_without_waiting(const std::string& path, int flags) {
    const int descriptor = open(path, flags | O_NONBLOCK);
    return descriptor == -1 && errno == EWOULDBLOCK ? open(path, flags) : descriptor;
}

int open_directory(const std::string& path) { return open(path, O_RDONLY | O_DIRECTORY); }

int wait_to_read(int descriptor, int milliseconds) {
    pollfd waiting = {descriptor, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, milliseconds);
    return ready == -1 && errno == EINTR ? 0 : ready;
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

int fchmod(int descriptor, unsigned mode) {
    return uninterrupted([&] { return ::fchmod(descriptor, mode); });
}

int fstat(int descriptor, struct stat* out) {
    return uninterrupted([&] { return ::fstat(descriptor, out); });
}

int lock(int descriptor) {
    return uninterrupted([&] { return ::flock(descriptor, LOCK_EX | LOCK_NB); });
}

int unlock(int descriptor) {
    return uninterrupted([&] { return ::flock(descriptor, LOCK_UN); });
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

int mkdir(const std::string& path, unsigned mode) {
    return uninterrupted([&] { return ::mkdir(path.c_str(), mode); });
}

int rmdir(const std::string& path) {
    return uninterrupted([&] { return ::rmdir(path.c_str()); });
}

int list(const std::string& path, bool follow, std::vector<std::string>* names) {
    Descriptor opened(open(path, O_RDONLY | O_DIRECTORY | (follow ? 0 : O_NOFOLLOW)));
    if (!opened.valid()) return -1;
    const auto close = [](DIR* open) { ::closedir(open); };
    const std::unique_ptr<DIR, decltype(close)> directory(::fdopendir(opened.number()), close);
    if (!directory) return -1;
    opened.release();
    for (;;) {
        errno = 0;
        const dirent* const entry = ::readdir(directory.get());
        if (entry == nullptr) return errno == 0 ? 0 : -1;
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..") names->emplace_back(name);
    }
}

int chmod(const std::string& path, unsigned mode) {
    return uninterrupted([&] { return ::chmod(path.c_str(), mode); });
}

int stat(const std::string& path, struct stat* out) {
    return uninterrupted([&] { return ::stat(path.c_str(), out); });
}

}  // namespace mml::posix
