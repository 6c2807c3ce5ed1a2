// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <sys/types.h>

#include "base/supervisor.hpp"

namespace mml {

/// An exclusive lock that writers of one directory take, across the threads and processes of a machine and, on NFS,
/// across its clients (README.md of this folder says what that relies on). Held until the object goes; a process that
/// dies lets go of it. The empty file stays. Only who holds the lock may remove it, as the last thing, since that lets the
/// next one in.
class FileLock {
public:
    /// Waits up to `timeout` seconds, then throws Error(busy). Serves the supervisor's callback while it waits.
    FileLock(const std::string& path, unsigned mode, double timeout, Supervisor& supervisor);
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;
    ~FileLock();

    /// Throws Error(busy) where the lock's file is gone or another one, as after its directory was deleted or moved. Who
    /// holds the lock asks before it writes: another may work in a new directory of the same path.
    void require_in_place() const;

private:
    std::string path_;
    int descriptor_;
    pid_t holder_;
};

}  // namespace mml
