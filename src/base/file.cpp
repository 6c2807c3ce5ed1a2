// SPDX-License-Identifier: Apache-2.0
#include "base/file.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/posix.hpp"
#include "base/text.hpp"

namespace mml {

namespace {

std::string parent_of(const std::string& path) {
    const std::string parent = std::filesystem::path(path).parent_path().string();
    return parent.empty() ? "." : parent;
}

bool is_absence(int code) { return code == ENOENT || code == ENOTDIR; }

// Unlike the target's own name with a suffix, this one fits wherever the target's fits.
std::string temporary_name_in(const std::string& directory) {
    static std::atomic<unsigned long> counter{0};
    return concat(directory, "/.moodleml-", static_cast<long>(::getpid()), "-", counter.fetch_add(1), ".new");
}

// A file beside the one that it shall replace; removed again unless it did.
class Replacement {
public:
    explicit Replacement(const std::string& target)
        : target_(target), temporary_(temporary_name_in(parent_of(target))), descriptor_(create()) {}
    Replacement(const Replacement&) = delete;
    Replacement& operator=(const Replacement&) = delete;
    ~Replacement() {
        if (descriptor_ >= 0) posix::close(descriptor_);
        if (!in_place_) posix::unlink(temporary_);
    }

    void write(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t written = posix::write(descriptor_, bytes.data(), bytes.size());
            if (written == 0) errno = EIO;
            if (written <= 0) posix::fail("write", target_);
            bytes.remove_prefix(as_size(written));
        }
    }
    // NFS may tell of a full disk only here, in fsync() or even close().
    void finish(unsigned mode) {
        if (posix::fchmod(descriptor_, mode) != 0) posix::fail("set the permissions of", target_);
        if (posix::fsync(descriptor_) != 0) posix::fail("write", target_);
        const int closed = posix::close(descriptor_);
        descriptor_ = -1;
        if (closed != 0) posix::fail("write", target_);
    }
    void put_in_place() {
        if (posix::rename(temporary_, target_) != 0) posix::fail("write", target_);
        in_place_ = true;
    }

private:
    // A name may be taken by what a process that was killed has left, or by one with the same number on another machine.
    int create() {
        for (;;) {
            const int descriptor = posix::open(temporary_, O_WRONLY | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR);
            if (descriptor >= 0) return descriptor;
            if (errno != EEXIST) posix::fail("write", target_);
            temporary_ = temporary_name_in(parent_of(target_));
        }
    }

    const std::string& target_;
    std::string temporary_;
    int descriptor_;
    bool in_place_ = false;
};

// Replacing /dev/null or a named pipe by a file would break other programs.
void refuse_all_but_regular_files(const std::string& path) {
    struct stat found {};
    if (posix::stat(path, &found) != 0 || S_ISREG(found.st_mode)) return;
    if (S_ISDIR(found.st_mode)) {
        errno = EISDIR;
        posix::fail("write", path);
    }
    fail(Status::input_output,
         concat("cannot write ", posix::quoted_path(path), ": it is not a regular file; choose another name"));
}

// Some file systems cannot sync directories, and one without read permission cannot be opened: what can be had there is
// had.
class DirectoryToSync {
public:
    explicit DirectoryToSync(const std::string& path) : path_(path), descriptor_(posix::open_directory(path)) {
        if (!descriptor_.valid() && errno != EACCES) posix::fail("open the directory", path);
    }
    void sync() {
        if (!descriptor_.valid() || posix::fsync(descriptor_.number()) == 0) return;
        if (errno != EINVAL && errno != ENOTSUP && errno != EBADF) posix::fail("bring to disk the directory", path_);
    }

private:
    std::string path_;
    posix::Descriptor descriptor_;
};

// Opened for reading; anything else is refused, and not waited for.
class RegularFile {
public:
    explicit RegularFile(const std::string& path) : path_(path), descriptor_(posix::open_without_waiting(path, O_RDONLY)) {
        if (!descriptor_.valid()) posix::fail("open", path);
        posix::require_regular_file(descriptor_.number(), "read", path);
    }
    // Appends up to `size` bytes, at least one; false at the end.
    bool append_to(std::string& bytes, std::size_t size) const {
        const std::size_t start = bytes.size();
        bytes.resize(start + size);
        const ssize_t count = posix::read(descriptor_.number(), bytes.data() + start, size);
        if (count < 0) posix::fail("read", path_);
        bytes.resize(start + as_size(count));
        return count > 0;
    }

private:
    const std::string& path_;
    posix::Descriptor descriptor_;
};

unsigned directory_mode(unsigned file_mode) { return file_mode | ((file_mode & 0444U) >> 2U); }

bool is_directory(const std::string& path) {
    struct stat found {};
    return posix::stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

void make_directory(const std::string& path, unsigned mode) {
    if (posix::mkdir(path, S_IRWXU) != 0) {
        const int code = errno;
        if (code == EEXIST && is_directory(path)) return;
        errno = code;
        posix::fail("make the directory", path);
    }
    if (posix::chmod(path, mode) != 0) posix::fail("set the permissions of", path);
    DirectoryToSync(parent_of(path)).sync();
}

}  // namespace

InputFile::InputFile(const std::string& path, std::function<void()> meanwhile)
    : path_(path), meanwhile_(std::move(meanwhile)), descriptor_(posix::open_without_waiting(path, O_RDONLY)) {
    if (descriptor_ < 0) posix::fail("open", path_);
}

InputFile::~InputFile() { posix::close(descriptor_); }

std::size_t InputFile::read(std::span<char> buffer) {
    for (;;) {
        wait();
        const ssize_t count = posix::read(descriptor_, buffer.data(), buffer.size());
        if (count >= 0) return as_size(count);
        // Another reader of the same pipe was faster.
        if (errno != EWOULDBLOCK) posix::fail("read", path_);
    }
}

// Before anybody has opened a named pipe for writing read() tells its end, but poll() waits.
void InputFile::wait() const {
    constexpr int milliseconds = 50;
    while (posix::wait_to_read(descriptor_, milliseconds) == 0) {
        if (meanwhile_) meanwhile_();
    }
}

bool exists(const std::string& path) {
    struct stat found {};
    if (posix::stat(path, &found) == 0) return true;
    if (!is_absence(errno)) posix::fail("look for", path);
    return false;
}

bool is_same(const std::string& path, const std::string& other) {
    std::error_code absent;
    return std::filesystem::equivalent(path, other, absent) && !absent;
}

bool is_within(const std::string& path, const std::string& directory) {
    std::error_code failed;
    std::filesystem::path place = std::filesystem::weakly_canonical(std::filesystem::absolute(path, failed), failed);
    while (!failed && place.has_relative_path()) {
        if (is_same(place.string(), directory)) return true;
        place = place.parent_path();
    }
    return !failed && is_same(place.string(), directory);
}

std::string read_file(const std::string& path, std::uint64_t limit, const std::function<void()>& meanwhile) {
    constexpr std::uint64_t piece = 1U << 18U;
    constexpr std::uint64_t between_calls = 1U << 24U;
    std::uint64_t next_call = between_calls;
    const RegularFile file(path);
    std::string bytes;
    for (;;) {
        // One byte more than the limit tells a file that fits from one that does not.
        const std::uint64_t left = limit - bytes.size();
        if (!file.append_to(bytes, std::min(piece, left) + 1)) return bytes;
        if (bytes.size() > limit) fail(Status::limit, concat(posix::quoted_path(path), " is longer than ", limit, " bytes"));
        if (!meanwhile || bytes.size() < next_call) continue;
        next_call = bytes.size() + between_calls;
        meanwhile();
    }
}

std::string read_beginning(const std::string& path, std::size_t size) {
    const RegularFile file(path);
    std::string bytes;
    while (bytes.size() < size && file.append_to(bytes, size - bytes.size())) continue;
    return bytes;
}

void replace_file(const std::string& path, std::string_view bytes, unsigned mode, bool* in_place) {
    refuse_all_but_regular_files(path);
    DirectoryToSync directory(parent_of(path));
    Replacement replacement(path);
    replacement.write(bytes);
    replacement.finish(mode);
    replacement.put_in_place();
    if (in_place != nullptr) *in_place = true;
    directory.sync();
}

std::vector<std::string> names_in(const std::string& directory) {
    std::vector<std::string> names;
    posix::list(directory, true, &names);
    return names;
}

void make_directories(const std::string& path, unsigned file_mode) {
    if (is_directory(path)) return;
    const std::string parent = parent_of(path);
    if (parent != path) make_directories(parent, file_mode);
    make_directory(path, directory_mode(file_mode));
}

void remove_file(const std::string& path) {
    if (posix::unlink(path) != 0 && !is_absence(errno)) posix::fail("remove", path);
}

// A symbolic link is removed as such, so that nothing that it names is.
void remove_tree(const std::string& path) {
    if (posix::unlink(path) == 0 || is_absence(errno)) return;
    std::vector<std::string> names;
    const int reason = errno;
    if (posix::list(path, false, &names) != 0) {
        if (errno == ENOTDIR || errno == ELOOP) errno = reason;  // then it is a file that cannot be removed
        posix::fail("remove", path);
    }
    for (const std::string& name : names) remove_tree(concat(path, "/", name));
    if (posix::rmdir(path) != 0 && !is_absence(errno)) posix::fail("remove", path);
}

}  // namespace mml
