// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace faults {

/// What happens to the call that fails: it does nothing and tells this error (close() closes all the same); or it reads or
/// writes half of what it was asked to.
struct FileFault {
    int error = 0;
    bool halves = false;
};

/// While it lives a system call on files fails, by its number from 0 on: open(), read(), write(), fsync(), rename(), close()
/// and the others that failing_files.cpp puts in front of the C library's.
class FailingFiles {
public:
    FailingFiles(std::int64_t number, FileFault fault);
    FailingFiles(const FailingFiles&) = delete;
    FailingFiles& operator=(const FailingFiles&) = delete;
    ~FailingFiles();
};

/// Calls that were made while the latest FailingFiles lived, and the name of the one that failed.
std::int64_t file_calls_met();
std::string failed_file_call();

}  // namespace faults
