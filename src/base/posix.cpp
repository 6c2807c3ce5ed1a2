// SPDX-License-Identifier: Apache-2.0
#include "base/posix.hpp"

#include <cerrno>
#include <cstring>
#include <new>
#include <system_error>

#include "base/error.hpp"
#include "base/text.hpp"

namespace mml::posix {

namespace {

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
#ifdef EDQUOT
        case EDQUOT:
#endif
            return "; free some space there";
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

std::string quoted_path(const std::string& path) {
    constexpr std::size_t longest_shown = 1024;
    return quote(path, longest_shown);
}

void fail(std::string_view action, const std::string& path) {
    const int code = errno;
    if (code == ENOMEM) throw std::bad_alloc();
    mml::fail(Status::input_output, concat("cannot ", action, " ", quoted_path(path), ": ", reason(code), advice(code)));
}

void require_regular_file(int descriptor, std::string_view action, const std::string& path) {
    struct stat found {};
    if (posix::fstat(descriptor, &found) != 0) fail(action, path);
    if (S_ISREG(found.st_mode)) return;
    if (S_ISDIR(found.st_mode)) {
        errno = EISDIR;
        fail(action, path);
    }
    mml::fail(Status::input_output,
              concat("cannot ", action, " ", quoted_path(path), ": it is not a regular file; put one in its place"));
}

}  // namespace mml::posix
