// SPDX-License-Identifier: Apache-2.0
// Paths are UTF-8 here and UTF-16 there. Who may use a file is told by its directory's access list, which new files inherit;
// permissions in POSIX's sense do not exist.
#include <cerrno>
#include <fcntl.h>
#include <io.h>
#include <memory>
#include <windows.h>

#include "base/posix.hpp"

namespace mml::posix {

namespace {

std::wstring wide(const std::string& path) {
    const int size = static_cast<int>(path.size());
    std::wstring text(static_cast<std::size_t>(MultiByteToWideChar(CP_UTF8, 0, path.data(), size, nullptr, 0)), L'\0');
    MultiByteToWideChar(CP_UTF8, 0, path.data(), size, text.data(), static_cast<int>(text.size()));
    return text;
}

std::string narrow(const wchar_t* text) {
    std::string bytes(static_cast<std::size_t>(WideCharToMultiByte(CP_UTF8, 0, text, -1, nullptr, 0, nullptr, nullptr)),
                      '\0');
    WideCharToMultiByte(CP_UTF8, 0, text, -1, bytes.data(), static_cast<int>(bytes.size()), nullptr, nullptr);
    if (!bytes.empty()) bytes.pop_back();  // the zero at its end
    return bytes;
}

// What the callers tell apart, and the reasons that people meet.
int failed() {
    switch (GetLastError()) {
        case ERROR_LOCK_VIOLATION:
        case ERROR_IO_PENDING: errno = EWOULDBLOCK; break;
        case ERROR_FILE_NOT_FOUND:
        case ERROR_PATH_NOT_FOUND: errno = ENOENT; break;
        case ERROR_ACCESS_DENIED:
        case ERROR_SHARING_VIOLATION: errno = EACCES; break;
        case ERROR_DISK_FULL:
        case ERROR_HANDLE_DISK_FULL: errno = ENOSPC; break;
        default: errno = EIO;
    }
    return -1;
}

HANDLE handle_of(int descriptor) {
    return reinterpret_cast<HANDLE>(_get_osfhandle(descriptor));  // NOLINT(performance-no-int-to-ptr)
}

// read() and write() take at most an int's worth of bytes; callers go on after a part.
unsigned part_of(std::size_t size) {
    constexpr std::size_t most = std::size_t{1} << 30U;
    return static_cast<unsigned>(size < most ? size : most);
}

}  // namespace

int open(const std::string& path, int flags, unsigned mode) {
    return _wopen(wide(path).c_str(), flags | _O_BINARY | _O_NOINHERIT, static_cast<int>(mode));
}

int open_without_waiting(const std::string& path, int flags) { return open(path, flags); }

int open_directory(const std::string& /*path*/) {
    errno = EACCES;
    return -1;
}

int wait_to_read(int /*descriptor*/, int /*milliseconds*/) { return 1; }

ssize_t read(int descriptor, void* bytes, std::size_t size) { return _read(descriptor, bytes, part_of(size)); }

ssize_t write(int descriptor, const void* bytes, std::size_t size) { return _write(descriptor, bytes, part_of(size)); }

int fsync(int descriptor) { return _commit(descriptor); }

int fchmod(int /*descriptor*/, unsigned /*mode*/) { return 0; }

int fstat(int descriptor, struct stat* out) { return ::fstat(descriptor, out); }

int lock(int descriptor) {
    OVERLAPPED whole = {};
    const DWORD how = LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY;
    return LockFileEx(handle_of(descriptor), how, 0, MAXDWORD, MAXDWORD, &whole) != 0 ? 0 : failed();
}

int unlock(int descriptor) {
    OVERLAPPED whole = {};
    return UnlockFileEx(handle_of(descriptor), 0, MAXDWORD, MAXDWORD, &whole) != 0 ? 0 : failed();
}

int close(int descriptor) { return _close(descriptor); }

int rename(const std::string& from, const std::string& to) {
    const DWORD how = MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH;
    return MoveFileExW(wide(from).c_str(), wide(to).c_str(), how) != 0 ? 0 : failed();
}

int unlink(const std::string& path) { return _wunlink(wide(path).c_str()); }

int mkdir(const std::string& path, unsigned /*mode*/) { return _wmkdir(wide(path).c_str()); }

int rmdir(const std::string& path) { return _wrmdir(wide(path).c_str()); }

int list(const std::string& path, bool /*follow*/, std::vector<std::string>* names) {
    WIN32_FIND_DATAW found = {};
    const HANDLE search = FindFirstFileW(wide(path + "/*").c_str(), &found);
    if (search == INVALID_HANDLE_VALUE) return failed();
    const std::unique_ptr<void, decltype(&FindClose)> closed(search, FindClose);
    do {
        const std::string name = narrow(found.cFileName);
        if (name != "." && name != "..") names->push_back(name);
    } while (FindNextFileW(search, &found) != 0);
    return GetLastError() == ERROR_NO_MORE_FILES ? 0 : failed();
}

int chmod(const std::string& /*path*/, unsigned /*mode*/) { return 0; }

// The part of it that callers look at. There are no inode numbers, and no file that is open can be removed, so any two
// answers about an open file are about the same one.
int stat(const std::string& path, struct stat* out) {
    struct _stat64 found = {};
    if (_wstat64(wide(path).c_str(), &found) != 0) return -1;
    *out = {};
    out->st_mode = found.st_mode;
    out->st_size = static_cast<decltype(out->st_size)>(found.st_size);
    return 0;
}

}  // namespace mml::posix
