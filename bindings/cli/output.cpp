// SPDX-License-Identifier: Apache-2.0
#include "output.hpp"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "failure.hpp"
#include "interruption.hpp"
#include "text.hpp"

namespace mml::cli {

namespace {

constexpr std::size_t block = std::size_t{1} << 16U;

bool write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

// The file that a symbolic link stands for: it is what gets replaced, not the link.
std::string resolved(const std::string& path) {
    const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
    return real ? std::string(real.get()) : path;
}

// The permissions that a new file would have: mkostemp() gives 0600.
mode_t usual_mode() {
    const mode_t mask = ::umask(0);
    ::umask(mask);
    return 0666U & ~mask;
}

bool is_same(const struct stat& one, const struct stat& other) {
    return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

// Whether who reads the input, a file, a folder or standard input, reads that file.
bool reads(const std::string& input, const struct stat& file) {
    struct stat read = {};
    const int found = input == "-" ? ::fstat(STDIN_FILENO, &read) : ::stat(input.c_str(), &read);
    if (input.empty() || found != 0) return false;
    if (!S_ISDIR(read.st_mode)) return is_same(read, file);
    std::error_code failed;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(
             input, std::filesystem::directory_options::skip_permission_denied, failed)) {
        if (::stat(entry.path().c_str(), &read) == 0 && is_same(read, file)) return true;
    }
    return false;
}

}  // namespace

Output::Output(const std::string& path) : name_("standard output") {
    if (!path.empty() && path != "-") open(path);
}

void Output::open(const std::string& path) {
    name_ = path;
    struct stat status = {};
    const bool exists = ::stat(path.c_str(), &status) == 0;
    if (exists && !S_ISREG(status.st_mode)) {
        descriptor_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
        if (descriptor_ < 0) fail("cannot be opened for writing");
        return;
    }
    path_ = resolved(path);
    std::string name = path_ + ".XXXXXX";
    descriptor_ = ::mkostemp(name.data(), O_CLOEXEC);
    if (descriptor_ < 0) fail("cannot be created");
    temporary_ = name;
    ::fchmod(descriptor_, exists ? status.st_mode & 0777U : usual_mode());
}

Output::~Output() {
    if (descriptor_ > STDERR_FILENO) ::close(descriptor_);
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void Output::write(std::string_view text) {
    waiting_ += text;
    if (waiting_.size() >= block) flush();
}

void Output::flush() {
    Interruption::check();
    if (!write_all(descriptor_, waiting_)) fail("cannot be written");
    waiting_.clear();
}

void Output::finish() {
    flush();
    if (descriptor_ <= STDERR_FILENO) return;
    if (!temporary_.empty() && ::fsync(descriptor_) != 0) fail("cannot be written");
    if (::close(std::exchange(descriptor_, -1)) != 0) fail("cannot be written");
    if (temporary_.empty()) return;
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail("cannot be replaced");
    temporary_.clear();
}

void Output::fail(const std::string& what) const {
    const std::string reason = std::generic_category().message(errno);
    throw Failure(name_ + ": " + what + ": " + reason);
}

void refuse_to_replace(const std::string& output, const std::vector<std::string>& inputs) {
    const bool to_stream = output.empty() || output == "-";
    struct stat written = {};
    const int found = to_stream ? ::fstat(STDOUT_FILENO, &written) : ::stat(output.c_str(), &written);
    if (found != 0 || !S_ISREG(written.st_mode)) return;
    for (const std::string& input : inputs) {
        if (!reads(input, written)) continue;
        throw Failure((to_stream ? std::string("standard output") : output) + ": is the same file as " + input +
                      ", which this command reads: name another file to write");
    }
}

void print(std::string_view text) {
    Output output;
    output.write(text);
    output.finish();
}

void write_standard_error(std::string_view text) { write_all(STDERR_FILENO, text); }

void ensure_standard_streams() {
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
        // The lowest free number is taken, which is this one. Read-only, so that results written there are an error.
        if (::open("/dev/null", O_RDONLY) < 0) return;  // NOLINT(*-vararg)
    }
}

}  // namespace mml::cli
