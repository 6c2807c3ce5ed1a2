// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <doctest/doctest.h>

#include "../status_of.hpp"
#include "base/posix.hpp"

namespace {

std::string told_of(int code) {
    return mml_test::message_of([code] {
        errno = code;
        mml::posix::fail("write", "a/b");
    });
}

}  // namespace

TEST_CASE("a system call's failure is told with what to do about it") {
    CHECK(told_of(ENOSPC) == "cannot write \"a/b\": No space left on device; free some space there");
    CHECK(told_of(EFBIG) == "cannot write \"a/b\": File too large; raise this user's limit on the size of files");
    CHECK(told_of(EMFILE) == "cannot write \"a/b\": Too many open files; raise the limit on open files");
    CHECK(told_of(EACCES) == "cannot write \"a/b\": Permission denied; give the user who runs this the permission");
    CHECK(told_of(EROFS) == "cannot write \"a/b\": Read-only file system; choose a place that can be written to");
    CHECK(told_of(ENOLCK).ends_with("; the file system grants no locks: on NFS see that its lock service runs"));
    CHECK(told_of(EIO) == "cannot write \"a/b\": Input/output error");
    CHECK(told_of(99999) == "cannot write \"a/b\": error 99999");
}
