// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <atomic>
#include <chrono>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <vector>

#include "../../mentions.hpp"
#include "../status_of.hpp"
#include "../temporary_directory.hpp"
#include "base/file.hpp"

using mml::Status;
using mml_test::mentions;
using mml_test::message_of;
using mml_test::status_of;
using mml_test::TemporaryDirectory;

namespace {

constexpr std::uint64_t large_limit = 1U << 30U;

unsigned mode_of(const std::string& path) {
    struct stat found {};
    REQUIRE(::lstat(path.c_str(), &found) == 0);
    return found.st_mode & 07777U;
}

class Umask {
public:
    explicit Umask(mode_t mask) : previous_(::umask(mask)) {}
    Umask(const Umask&) = delete;
    Umask& operator=(const Umask&) = delete;
    ~Umask() { ::umask(previous_); }

private:
    mode_t previous_;
};

}  // namespace

TEST_CASE("a file is made, then replaced, and nothing else stays in its directory") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("model.mml");
    mml::replace_file(path, "first", 0600);
    CHECK(mml::read_file(path, large_limit) == "first");
    mml::replace_file(path, "", 0600);
    CHECK(mml::read_file(path, large_limit).empty());
    const std::string large(1'000'003, 'x');
    mml::replace_file(path, large, 0600);
    CHECK(mml::read_file(path, large_limit) == large);
    CHECK(directory.entries() == 1);
}

TEST_CASE("permissions are those asked for, whatever the umask and the old file's") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("model.mml");
    for (const mode_t mask : {0U, 077U, 0777U}) {
        const Umask umask(mask);
        for (const unsigned mode : {0600U, 0640U, 0664U, 0400U}) {
            mml::replace_file(path, "x", mode);
            CHECK(mode_of(path) == mode);
        }
        const std::string made = directory.file("a" + std::to_string(mask));
        mml::make_directories(made + "/b", 0640);
        CHECK(mode_of(made) == 0750U);
        CHECK(mode_of(made + "/b") == 0750U);
    }
}

TEST_CASE("a name as long as the system allows") {
    const TemporaryDirectory directory;
    const std::string path = directory.file(std::string(255, 'n'));
    mml::replace_file(path, "x", 0600);
    CHECK(mml::read_file(path, large_limit) == "x");
}

TEST_CASE("a relative path") {
    const TemporaryDirectory directory;
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(directory.path());
    mml::replace_file("model.mml", "x", 0600);
    mml::make_directories("a/b/", 0600);
    mml::make_directories("c", 0600);
    std::filesystem::current_path(before);
    CHECK(mml::read_file(directory.file("model.mml"), large_limit) == "x");
    CHECK(mode_of(directory.file("a/b")) == 0700U);
    CHECK(mode_of(directory.file("c")) == 0700U);
}

TEST_CASE("read_file takes up to its limit") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("data");
    for (const std::size_t size : {std::size_t{5}, std::size_t{1} << 18U, (std::size_t{1} << 18U) + 1}) {
        mml::replace_file(path, std::string(size, 'x'), 0600);
        CHECK(mml::read_file(path, size).size() == size);
        CHECK(status_of([&] { mml::read_file(path, size - 1); }) == Status::limit);
        CHECK(status_of([&] { mml::read_file(path, 0); }) == Status::limit);
    }
    CHECK(mml::read_file(path, ~std::uint64_t{0}).size() == (1U << 18U) + 1);
    mml::replace_file(path, "", 0600);
    CHECK(mml::read_file(path, 0).empty());
}

TEST_CASE("read_file refuses what is no regular file, and waits for nobody") {
    const TemporaryDirectory directory;
    const std::string pipe = directory.file("pipe");
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    for (const std::string& path : {pipe, std::string("/dev/zero")}) {
        CHECK(message_of([&] { mml::read_file(path, 1000); }) ==
              "cannot read \"" + path + "\": it is not a regular file; put one in its place");
    }
}

TEST_CASE("read_beginning takes what a regular file begins with") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("log");
    mml::replace_file(path, "training started", 0600);
    CHECK(mml::read_beginning(path, 8) == "training");
    CHECK(mml::read_beginning(path, 100) == "training started");
    CHECK(message_of([&] { mml::read_beginning(directory.path(), 8); }) ==
          "cannot read \"" + directory.path() + "\": Is a directory");
    CHECK(message_of([&] { mml::read_beginning("/dev/zero", 8); }) == mentions("\"/dev/zero\"", "regular"));
}

TEST_CASE("InputFile gives a file in pieces") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("data");
    mml::replace_file(path, "abcdefg", 0600);
    mml::InputFile file(path);
    std::array<char, 4> piece{};
    CHECK(file.read(piece) == 4);
    CHECK(std::string(piece.data(), 4) == "abcd");
    CHECK(file.read(piece) == 3);
    CHECK(std::string(piece.data(), 3) == "efg");
    CHECK(file.read(piece) == 0);
}

TEST_CASE("what cannot be read is told with its path, control characters escaped") {
    const TemporaryDirectory directory;
    CHECK(message_of([] { mml::read_file("/no such\n/file", 1); }) == mentions("open", "\"/no such\\x0a/file\""));
    CHECK(message_of([&] { mml::read_file(directory.path(), 1); }) ==
          "cannot read \"" + directory.path() + "\": Is a directory");
    CHECK(status_of([] { mml::InputFile file("/no such/file"); }) == Status::input_output);
    CHECK(status_of([] { mml::InputFile file(""); }) == Status::input_output);
}

TEST_CASE("exists") {
    const TemporaryDirectory directory;
    mml::replace_file(directory.file("a"), "", 0600);
    CHECK(mml::exists(directory.file("a")));
    CHECK(mml::exists(directory.path()));
    CHECK_FALSE(mml::exists(directory.file("b")));
    CHECK_FALSE(mml::exists(directory.file("a/b")));
    CHECK(status_of([&] { mml::exists(directory.file(std::string(300, 'n'))); }) == Status::input_output);
}

TEST_CASE("only regular files are replaced") {
    const TemporaryDirectory directory;
    const std::string pipe = directory.file("pipe");
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    CHECK(message_of([&] { mml::replace_file(pipe, "x", 0600); }) ==
          "cannot write \"" + pipe + "\": it is not a regular file; choose another name");
    CHECK(message_of([&] { mml::replace_file(directory.path(), "x", 0600); }) ==
          "cannot write \"" + directory.path() + "\": Is a directory");
    CHECK(status_of([&] { mml::replace_file(directory.path() + "/", "x", 0600); }) == Status::input_output);
    CHECK(directory.entries() == 1);
}

TEST_CASE("a symbolic link is replaced, what it names stays") {
    const TemporaryDirectory directory;
    mml::replace_file(directory.file("real"), "old", 0600);
    REQUIRE(::symlink("real", directory.file("link").c_str()) == 0);
    REQUIRE(::symlink("nothing", directory.file("dangling").c_str()) == 0);
    mml::replace_file(directory.file("link"), "new", 0600);
    mml::replace_file(directory.file("dangling"), "new", 0600);
    CHECK(mml::read_file(directory.file("real"), large_limit) == "old");
    CHECK(mml::read_file(directory.file("link"), large_limit) == "new");
    CHECK(mml::read_file(directory.file("dangling"), large_limit) == "new");
    CHECK_FALSE(mml::exists(directory.file("nothing")));
}

TEST_CASE("make_directories leaves what is there and refuses a file in the way") {
    const TemporaryDirectory directory;
    REQUIRE(::chmod(directory.path().c_str(), 0711) == 0);
    mml::make_directories(directory.file("a/b/c"), 0600);
    mml::make_directories(directory.file("a/b/c"), 0666);
    CHECK(mode_of(directory.path()) == 0711U);
    CHECK(mode_of(directory.file("a/b/c")) == 0700U);
    mml::replace_file(directory.file("a/file"), "x", 0600);
    CHECK(status_of([&] { mml::make_directories(directory.file("a/file"), 0600); }) == Status::input_output);
    CHECK(status_of([&] { mml::make_directories(directory.file("a/file/b"), 0600); }) == Status::input_output);
}

TEST_CASE("threads that make the same directories all succeed") {
    const TemporaryDirectory directory;
    for (int i = 0; i < 20; ++i) {
        const std::string path = directory.file(std::to_string(i) + "/a/b/c/d");
        const auto make = [&path] { return status_of([&] { mml::make_directories(path, 0600); }); };
        Status other = Status::internal;
        std::thread thread([&] { other = make(); });
        CHECK(make() == Status::ok);
        thread.join();
        CHECK(other == Status::ok);
    }
}

TEST_CASE("remove_file removes a file, is fine without one, and leaves directories") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("a");
    mml::replace_file(path, "x", 0600);
    mml::remove_file(path);
    CHECK_FALSE(mml::exists(path));
    mml::remove_file(path);
    CHECK(status_of([&] { mml::remove_file(directory.path()); }) == Status::input_output);
}

TEST_CASE("remove_tree removes all below it, and nothing that a link leads to") {
    const TemporaryDirectory directory;
    mml::make_directories(directory.file("tree/a/b"), 0600);
    mml::replace_file(directory.file("tree/a/b/file"), "x", 0600);
    mml::make_directories(directory.file("outside"), 0600);
    mml::replace_file(directory.file("outside/file"), "x", 0600);
    REQUIRE(::symlink("../../outside", directory.file("tree/a/link").c_str()) == 0);
    REQUIRE(::symlink("outside", directory.file("link").c_str()) == 0);
    mml::remove_tree(directory.file("tree"));
    mml::remove_tree(directory.file("tree"));
    mml::remove_tree(directory.file("link"));
    CHECK_FALSE(mml::exists(directory.file("tree")));
    CHECK(mml::exists(directory.file("outside/file")));
    CHECK(directory.entries() == 1);
}

TEST_CASE("a reader sees one whole content or another while threads replace the file") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("model.mml");
    mml::replace_file(path, std::string(50'000, 'a'), 0600);
    std::atomic<int> writing{3};
    std::atomic<int> failures{0};
    std::vector<std::thread> writers;
    for (const char letter : {'b', 'c', 'd'}) {
        writers.emplace_back([&, letter] {
            const auto write = [&] { mml::replace_file(path, std::string(50'000, letter), 0600); };
            for (int i = 0; i < 40; ++i) failures += status_of(write) != Status::ok;
            --writing;
        });
    }
    int torn = 0;
    while (writing > 0) {
        const std::string bytes = mml::read_file(path, large_limit);
        torn += bytes != std::string(50'000, bytes.empty() ? ' ' : bytes[0]);
    }
    for (auto& writer : writers) writer.join();
    CHECK(torn == 0);
    CHECK(failures == 0);
    CHECK(directory.entries() == 1);
}

TEST_CASE("InputFile asks whether to go on while a pipe gives nothing") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("pipe");
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    int asked = 0;
    int writer = -1;
    const auto meanwhile = [&] {
        ++asked;
        if (asked == 3) writer = ::open(path.c_str(), O_WRONLY | O_NONBLOCK);  // before that nobody writes to the pipe
        if (asked == 6) CHECK(::write(writer, "hello", 5) == 5);
        if (asked == 9) fail(Status::cancelled, "enough");
    };
    mml::InputFile file(path, meanwhile);
    std::array<char, 8> piece{};
    CHECK(file.read(piece) == 5);
    CHECK(asked == 6);
    CHECK(status_of([&] { file.read(piece); }) == Status::cancelled);
    ::close(writer);
    CHECK(file.read(piece) == 0);
    CHECK(asked == 9);
}

TEST_CASE("signals do not disturb opening and reading") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("pipe");
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    struct sigaction handling {};
    struct sigaction before {};
    handling.sa_handler = [](int) {};
    sigaction(SIGUSR1, &handling, &before);
    const pthread_t reader = pthread_self();
    const auto disturb = [reader] {
        for (int i = 0; i < 20; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
            pthread_kill(reader, SIGUSR1);
        }
    };
    std::thread writer([&] {
        disturb();
        const int descriptor = ::open(path.c_str(), O_WRONLY);
        disturb();
        [[maybe_unused]] const auto written = ::write(descriptor, "hello", 5);
        ::close(descriptor);
    });
    {
        mml::InputFile file(path);
        std::array<char, 8> piece{};
        CHECK(file.read(piece) == 5);
        CHECK(std::string(piece.data(), 5) == "hello");
        CHECK(file.read(piece) == 0);
    }
    writer.join();
    sigaction(SIGUSR1, &before, nullptr);
}
