// SPDX-License-Identifier: Apache-2.0
// What goes wrong while a file is written: the old one stays whole and nothing else stays.
#include <cstdio>
#include <doctest/doctest.h>
#include <signal.h>
#include <string>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../child_process.hpp"
#include "../status_of.hpp"
#include "../temporary_directory.hpp"
#include "base/file.hpp"

using mml::Status;
using mml_test::ChildProcess;
using mml_test::message_of;
using mml_test::status_of;
using mml_test::TemporaryDirectory;

namespace {

constexpr std::uint64_t no_limit = 1U << 30U;

void tell_skipped(const char* what) { std::printf("skipped: %s\n", what); }

// A file system of its own in memory, where this user may mount one.
class SmallFileSystem {
public:
    explicit SmallFileSystem(const std::string& path) : path_(path) {
        mounted_ = ::mount("tmpfs", path.c_str(), "tmpfs", 0, "size=64k") == 0;
    }
    SmallFileSystem(const SmallFileSystem&) = delete;
    SmallFileSystem& operator=(const SmallFileSystem&) = delete;
    ~SmallFileSystem() {
        if (mounted_) ::umount(path_.c_str());
    }
    bool mounted() const { return mounted_; }
    bool make_read_only() const { return ::mount("tmpfs", path_.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr) == 0; }

private:
    std::string path_;
    bool mounted_;
};

void check_old_file_stays(const TemporaryDirectory& directory) {
    CHECK(mml::read_file(directory.file("model.mml"), no_limit) == "old");
    CHECK(directory.entries() == 1);
}

}  // namespace

TEST_CASE("a directory that is not there, or is a file") {
    const TemporaryDirectory directory;
    mml::replace_file(directory.file("model.mml"), "old", 0600);
    CHECK(message_of([] { mml::replace_file("/no such/model.mml", "new", 0600); }) ==
          "cannot open the directory \"/no such\": No such file or directory");
    CHECK(status_of([&] { mml::replace_file(directory.file("model.mml/new"), "new", 0600); }) == Status::input_output);
    CHECK(status_of([&] { mml::replace_file(directory.file("model.mml/"), "new", 0600); }) == Status::input_output);
    CHECK(status_of([] { mml::replace_file("", "new", 0600); }) == Status::input_output);
    check_old_file_stays(directory);
}

TEST_CASE("a name that is too long") {
    const TemporaryDirectory directory;
    mml::replace_file(directory.file("model.mml"), "old", 0600);
    CHECK(status_of([&] { mml::replace_file(directory.file(std::string(256, 'n')), "new", 0600); }) == Status::input_output);
    check_old_file_stays(directory);
}

TEST_CASE("a file that would pass this user's limit on file sizes") {
    const TemporaryDirectory directory;
    mml::replace_file(directory.file("model.mml"), "old", 0600);
    ChildProcess child([&] {
        ::signal(SIGXFSZ, SIG_IGN);
        const struct rlimit limit { 100'000, 100'000 };
        if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
        const std::string message =
            message_of([&] { mml::replace_file(directory.file("model.mml"), std::string(100'001, 'x'), 0600); });
        return message.ends_with("File too large; raise this user's limit on the size of files") ? 0 : 1;
    });
    CHECK(child.wait() == 0);
    check_old_file_stays(directory);
}

TEST_CASE("a full disk") {
    const TemporaryDirectory directory;
    const SmallFileSystem disk(directory.path());
    if (!disk.mounted()) return tell_skipped("a full disk (this user may not mount one)");
    mml::replace_file(directory.file("model.mml"), "old", 0600);
    CHECK(message_of([&] { mml::replace_file(directory.file("model.mml"), std::string(100'000, 'x'), 0600); }) ==
          "cannot write \"" + directory.file("model.mml") + "\": No space left on device; free some space there");
    check_old_file_stays(directory);
}

TEST_CASE("a file system that is read-only") {
    const TemporaryDirectory directory;
    const SmallFileSystem disk(directory.path());
    if (!disk.mounted()) return tell_skipped("a read-only file system (this user may not mount one)");
    mml::replace_file(directory.file("model.mml"), "old", 0600);
    if (!disk.make_read_only()) return tell_skipped("a read-only file system (it cannot be mounted again as such)");
    CHECK(message_of([&] { mml::replace_file(directory.file("model.mml"), "new", 0600); }) ==
          "cannot write \"" + directory.file("model.mml") +
              "\": Read-only file system; choose a place that can be written to");
    CHECK(status_of([&] { mml::remove_file(directory.file("model.mml")); }) == Status::input_output);
    CHECK(status_of([&] { mml::make_directories(directory.file("a"), 0600); }) == Status::input_output);
    check_old_file_stays(directory);
}

TEST_CASE("a directory without write permission") {
    const TemporaryDirectory directory;
    mml::replace_file(directory.file("model.mml"), "old", 0644);
    REQUIRE(::chmod(directory.path().c_str(), 0555) == 0);
    ChildProcess child([&] {
        constexpr uid_t nobody = 65534;
        if (::geteuid() == 0 && ::setuid(nobody) != 0) return 2;
        const std::string message = message_of([&] { mml::replace_file(directory.file("model.mml"), "new", 0600); });
        return message.ends_with("Permission denied; give the user who runs this the permission") ? 0 : 1;
    });
    CHECK(child.wait() == 0);
    check_old_file_stays(directory);
    REQUIRE(::chmod(directory.path().c_str(), 0755) == 0);
}

TEST_CASE("a directory that may be written but not read") {
    const TemporaryDirectory directory;
    REQUIRE(::chmod(directory.path().c_str(), 0333) == 0);
    ChildProcess child([&] {
        constexpr uid_t nobody = 65534;
        if (::geteuid() == 0 && ::setuid(nobody) != 0) return 2;
        mml::replace_file(directory.file("model.mml"), "new", 0644);
        return 0;
    });
    CHECK(child.wait() == 0);
    REQUIRE(::chmod(directory.path().c_str(), 0755) == 0);
    CHECK(mml::read_file(directory.file("model.mml"), no_limit) == "new");
}

TEST_CASE("temporary files that a killed process has left are in nobody's way") {
    const TemporaryDirectory directory;
    mml::replace_file(directory.file("model.mml"), "old", 0600);
    ChildProcess writer([&] {
        const struct rlimit limit { 100'000, 100'000 };
        const struct rlimit no_core { 0, 0 };
        ::signal(SIGXFSZ, SIG_DFL);
        if (::setrlimit(RLIMIT_FSIZE, &limit) != 0 || ::setrlimit(RLIMIT_CORE, &no_core) != 0) return 2;
        mml::replace_file(directory.file("model.mml"), std::string(200'000, 'x'), 0600);
        return 0;
    });
    CHECK(writer.wait() == -SIGXFSZ);
    CHECK(mml::read_file(directory.file("model.mml"), no_limit) == "old");
    std::string left;
    for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
        if (entry.path().filename() != "model.mml") left = entry.path().filename().string();
    }
    REQUIRE(left.starts_with(".moodleml-"));
    CHECK(left.ends_with(".new"));
    mml::replace_file(directory.file("model.mml"), "new", 0600);
    CHECK(mml::read_file(directory.file("model.mml"), no_limit) == "new");
    CHECK(mml::exists(directory.file(left)));
}

TEST_CASE("names of temporary files that are taken are passed over") {
    const TemporaryDirectory directory;
    // The names hold the process's number and a count: the next thousand are taken here.
    const std::string first = ".moodleml-" + std::to_string(::getpid()) + "-";
    for (int i = 0; i < 1000; ++i) {
        std::FILE* const taken = std::fopen(directory.file(first + std::to_string(i) + ".new").c_str(), "w");
        REQUIRE(taken != nullptr);
        std::fclose(taken);
    }
    mml::replace_file(directory.file("model.mml"), "new", 0600);
    CHECK(mml::read_file(directory.file("model.mml"), no_limit) == "new");
    CHECK(directory.entries() == 1001);
}
