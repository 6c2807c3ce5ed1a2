// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <sys/types.h>

/// The system calls on files, all in this one place: named as in POSIX, answering -1 with errno set, but never EINTR.
/// Only for the files of this folder.
namespace mml::posix {

/// Always with O_CLOEXEC.
int open(const std::string& path, int flags, mode_t mode = 0);
ssize_t read(int descriptor, void* bytes, std::size_t size);
ssize_t write(int descriptor, const void* bytes, std::size_t size);
int fsync(int descriptor);
int fchmod(int descriptor, mode_t mode);
int fstat(int descriptor, struct stat* out);
int flock(int descriptor, int operation);
/// A signal during close() counts as success: the descriptor is gone and must not be closed again.
int close(int descriptor);

int rename(const std::string& from, const std::string& to);
int unlink(const std::string& path);
int mkdir(const std::string& path, mode_t mode);
int chmod(const std::string& path, mode_t mode);
int stat(const std::string& path, struct stat* out);

/// quote() with room for a long path.
std::string quoted_path(const std::string& path);

/// Throws Error(input_output), "cannot <action> <path>: <reason of errno>" with advice where there is any.
[[noreturn]] void fail(std::string_view action, const std::string& path);

/// Closes a descriptor when it goes; -1: none.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) close(number_);
    }
    int number() const { return number_; }
    bool valid() const { return number_ >= 0; }
    /// Hands the descriptor over to the caller, who closes it.
    int release() {
        const int number = number_;
        number_ = -1;
        return number;
    }

private:
    int number_;
};

}  // namespace mml::posix
