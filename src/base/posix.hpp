// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <sys/types.h>
#include <vector>

/// The system calls on files, all in this one place: named as in POSIX, answering -1 with errno set, but never EINTR.
/// Only for the files of this folder. Defined in posix_unix.cpp and, with what that system has, in posix_windows.cpp.
namespace mml::posix {

/// Always with O_CLOEXEC.
int open(const std::string& path, int flags, unsigned mode = 0);
/// As open(), of what is there; but it does not wait for the other end of a named pipe.
int open_without_waiting(const std::string& path, int flags);
/// For fsync() alone; fails with EACCES where directories cannot be opened.
int open_directory(const std::string& path);
/// poll() for reading: 1 once read() would not wait, 0 after so long, or as soon as a signal came.
int wait_to_read(int descriptor, int milliseconds);
ssize_t read(int descriptor, void* bytes, std::size_t size);
ssize_t write(int descriptor, const void* bytes, std::size_t size);
int fsync(int descriptor);
int fchmod(int descriptor, unsigned mode);
int fstat(int descriptor, struct stat* out);
/// flock(): the file's exclusive lock, without waiting; EWOULDBLOCK where another descriptor holds it.
int lock(int descriptor);
int unlock(int descriptor);
/// A signal during close() counts as success: the descriptor is gone and must not be closed again.
int close(int descriptor);

int rename(const std::string& from, const std::string& to);
int unlink(const std::string& path);
int mkdir(const std::string& path, unsigned mode);
int rmdir(const std::string& path);
/// Adds the names in a directory to *names; `follow`: also where the path is a symbolic link to one. Not that of the
/// standard library, whose iterators end the process where they find no memory.
int list(const std::string& path, bool follow, std::vector<std::string>* names);
int chmod(const std::string& path, unsigned mode);
int stat(const std::string& path, struct stat* out);

/// quote() with room for a long path.
std::string quoted_path(const std::string& path);

/// Throws Error(input_output), "cannot <action> <path>: <reason of errno>" with advice where there is any; std::bad_alloc
/// where the system had no memory.
[[noreturn]] void fail(std::string_view action, const std::string& path);

/// Throws as fail() does where an open descriptor is not that of a regular file.
void require_regular_file(int descriptor, std::string_view action, const std::string& path);

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
