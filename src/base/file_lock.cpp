// SPDX-License-Identifier: Apache-2.0
#include "base/file_lock.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <thread>
#include <unistd.h>

#include "base/error.hpp"
#include "base/posix.hpp"
#include "base/text.hpp"

namespace mml {

namespace {

using Clock = std::chrono::steady_clock;

// A try on NFS is a round trip to the server; this many of them are no load, and nobody notices the delay.
constexpr auto wait_between_tries = std::chrono::duration<double>(0.02);

// For writing, since NFS grants an exclusive lock on no other descriptor.
int open_lock_file(const std::string& path, unsigned mode) {
    for (;;) {
        posix::Descriptor present(posix::open_without_waiting(path, O_RDWR));
        if (present.valid()) {
            posix::require_regular_file(present.number(), "open the lock file", path);
            return present.release();
        }
        if (errno != ENOENT) posix::fail("open the lock file", path);
        posix::Descriptor made(posix::open(path, O_RDWR | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR));
        if (made.valid()) {
            if (posix::fchmod(made.number(), mode) != 0) posix::fail("set the permissions of the lock file", path);
            return made.release();
        }
        if (errno != EEXIST) posix::fail("make the lock file", path);
    }
}

// A system that does not tell is an error, and no file that is gone.
bool is_file_at(const std::string& path, int descriptor) {
    struct stat held {};
    struct stat present {};
    if (posix::fstat(descriptor, &held) != 0) posix::fail("look at the lock file", path);
    if (posix::stat(path, &present) != 0) {
        if (errno != ENOENT && errno != ENOTDIR) posix::fail("look at the lock file", path);
        return false;
    }
    return held.st_dev == present.st_dev && held.st_ino == present.st_ino;
}

// The descriptor that holds the lock, or -1 where another holds it.
int try_to_lock(const std::string& path, unsigned mode) {
    for (;;) {
        posix::Descriptor file(open_lock_file(path, mode));
        if (posix::lock(file.number()) != 0) {
            if (errno == EWOULDBLOCK) return -1;
            posix::fail("lock", path);
        }
        // A lock on a file that was removed meanwhile keeps nobody out: the next one to come makes a new file.
        if (is_file_at(path, file.number())) return file.release();
    }
}

int wait_for_lock(const std::string& path, unsigned mode, double timeout, Supervisor& supervisor) {
    const auto start = Clock::now();
    for (;;) {
        const int descriptor = try_to_lock(path, mode);
        if (descriptor >= 0) return descriptor;
        const double left = timeout - std::chrono::duration<double>(Clock::now() - start).count();
        if (!(left > 0)) {
            fail(Status::busy, concat("another process has locked ", posix::quoted_path(path), " for more than ", timeout,
                                      " seconds: try again later or raise the option lock_timeout"));
        }
        supervisor.poll();
        supervisor.check();
        std::this_thread::sleep_for(std::min(wait_between_tries, std::chrono::duration<double>(left)));
    }
}

}  // namespace

FileLock::FileLock(const std::string& path, unsigned mode, double timeout, Supervisor& supervisor)
    : path_(path), descriptor_(wait_for_lock(path, mode, timeout, supervisor)), holder_(::getpid()) {}

// A forked child has a copy of the descriptor that stands for the same lock. So closing ours would not let go of it while
// the child lives, and unlocking in the child would take it from us.
FileLock::~FileLock() {
    if (holder_ == ::getpid()) posix::unlock(descriptor_);
    posix::close(descriptor_);
}

void FileLock::require_in_place() const {
    if (is_file_at(path_, descriptor_)) return;
    fail(Status::busy, concat("the lock file ", posix::quoted_path(path_),
                              " is not the one that this call locked: its directory was deleted or moved meanwhile, so "
                              "nothing is stored; call again"));
}

}  // namespace mml
