// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <chrono>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

#include "../child_process.hpp"
#include "../status_of.hpp"
#include "../temporary_directory.hpp"
#include "base/file.hpp"
#include "base/file_lock.hpp"

using mml::FileLock;
using mml::ProgressReport;
using mml::Status;
using mml::Supervisor;
using mml_test::ChildProcess;
using mml_test::Gate;
using mml_test::message_of;
using mml_test::status_of;
using mml_test::TemporaryDirectory;

namespace {

using Clock = std::chrono::steady_clock;

double seconds_from(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// What taking the lock, and letting go of it at once, comes to.
Status status_of_locking(const std::string& path, double timeout = 0) {
    Supervisor supervisor({1, 0, {}});
    return status_of([&] { const FileLock lock(path, 0600, timeout, supervisor); });
}

// Holds the lock from its start until it is ended.
class HoldingProcess {
public:
    explicit HoldingProcess(const std::string& path)
        : process_([&] {
              Supervisor supervisor({1, 0, {}});
              const FileLock lock(path, 0600, 5, supervisor);
              locked_.open();
              ::sleep(60);
              return 0;
          }) {
        locked_.wait();
    }
    void end() { process_.end(); }

private:
    Gate locked_;
    ChildProcess process_;
};

void add_one(const std::string& directory) {
    Supervisor supervisor({1, 0, {}});
    const FileLock lock(directory + "/lock", 0600, 60, supervisor);
    const std::string path = directory + "/count";
    mml::replace_file(path, std::to_string(std::stoi(mml::read_file(path, 100)) + 1), 0600);
}

}  // namespace

TEST_CASE("a lock is free again once its holder has gone") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("lock");
    CHECK(status_of_locking(path) == Status::ok);
    CHECK(status_of_locking(path) == Status::ok);
    CHECK(directory.entries() == 1);
}

TEST_CASE("a lock keeps out other threads of the process") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("lock");
    Supervisor supervisor({1, 0, {}});
    std::optional<FileLock> lock(std::in_place, path, 0600, 0, supervisor);
    Status other = Status::ok;
    std::thread([&] { other = status_of_locking(path); }).join();
    CHECK(other == Status::busy);

    const auto start = Clock::now();
    CHECK(status_of_locking(path, 0.2) == Status::busy);
    CHECK(seconds_from(start) >= 0.2);
    CHECK(seconds_from(start) < 5);

    std::atomic<bool> waiting{false};
    std::thread waiter([&] {
        waiting = true;
        other = status_of_locking(path, 30);
    });
    while (!waiting) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    lock.reset();
    waiter.join();
    CHECK(other == Status::ok);
}

TEST_CASE("a lock keeps out other processes, and one that is killed lets go of it") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("lock");
    HoldingProcess holder(path);
    Supervisor supervisor({1, 0, {}});
    CHECK(message_of([&] { const FileLock lock(path, 0600, 0.05, supervisor); }) ==
          "another process has locked \"" + path +
              "\" for more than 0.05 seconds: try again later or raise the option lock_timeout");
    holder.end();
    CHECK(status_of_locking(path) == Status::ok);
}

TEST_CASE("two processes of two threads each lose no change") {
    const TemporaryDirectory directory;
    mml::replace_file(directory.file("count"), "0", 0600);
    const auto add_many = [&] {
        std::atomic<int> failures{0};
        const auto add = [&] {
            for (int i = 0; i < 15; ++i) failures += status_of([&] { add_one(directory.path()); }) != Status::ok;
        };
        std::thread other(add);
        add();
        other.join();
        return failures.load();
    };
    ChildProcess first(add_many);
    ChildProcess second(add_many);
    CHECK(first.wait() == 0);
    CHECK(second.wait() == 0);
    CHECK(mml::read_file(directory.file("count"), 100) == "60");
}

TEST_CASE("where the file was removed meanwhile, the lock is taken on the new one") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("lock");
    Supervisor supervisor({1, 0, {}});
    std::optional<FileLock> lock(std::in_place, path, 0600, 0, supervisor);
    Gate taken;
    Gate done;
    ChildProcess waiter([&] {
        Supervisor own({1, 0, {}});
        const FileLock later(path, 0600, 30, own);
        taken.open();
        done.wait();
        return 0;
    });
    // Time enough for the other to be waiting on the file that goes now; where it is late, it only tests less.
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    mml::remove_file(path);
    lock.reset();
    taken.wait();
    CHECK(mml::exists(path));
    CHECK(status_of_locking(path) == Status::busy);
    done.open();
    CHECK(waiter.wait() == 0);
}

TEST_CASE("a lock whose file was removed or replaced is in place no more") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("lock");
    Supervisor supervisor({1, 0, {}});
    const FileLock lock(path, 0600, 0, supervisor);
    CHECK(status_of([&] { lock.require_in_place(); }) == Status::ok);
    mml::remove_file(path);
    CHECK(status_of([&] { lock.require_in_place(); }) == Status::busy);
    const FileLock next(path, 0600, 0, supervisor);
    CHECK(status_of([&] { lock.require_in_place(); }) == Status::busy);
    CHECK(status_of([&] { next.require_in_place(); }) == Status::ok);
}

TEST_CASE("threads that remove the file as the last thing under the lock keep each other out") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("lock");
    std::atomic<int> inside{0};
    std::atomic<int> met{0};
    std::atomic<int> taken{0};
    const auto work = [&] {
        Supervisor supervisor({1, 0, {}});
        for (const auto start = Clock::now(); taken < 300 && seconds_from(start) < 60;) {
            // Without a time to wait, so that most tries fall into another's change.
            status_of([&] {
                const FileLock lock(path, 0600, 0, supervisor);
                met += inside++ > 0;
                ++taken;
                std::this_thread::yield();
                --inside;
                mml::remove_file(path);
            });
        }
    };
    std::thread first(work);
    std::thread second(work);
    work();
    first.join();
    second.join();
    CHECK(taken >= 300);
    CHECK(met == 0);
}

TEST_CASE("a child process forked while it is held does not keep it") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("lock");
    Supervisor supervisor({1, 0, {}});
    std::optional<FileLock> lock(std::in_place, path, 0600, 0, supervisor);
    ChildProcess child([] {
        ::sleep(60);
        return 0;
    });
    CHECK(status_of_locking(path) == Status::busy);
    lock.reset();
    CHECK(status_of_locking(path) == Status::ok);
}

TEST_CASE("a child process forked while it is held does not let go of it") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("lock");
    Supervisor supervisor({1, 0, {}});
    std::optional<FileLock> lock(std::in_place, path, 0600, 0, supervisor);
    ChildProcess child([&] {
        lock.reset();
        return 0;
    });
    CHECK(child.wait() == 0);
    CHECK(status_of_locking(path) == Status::busy);
}

TEST_CASE("a program started while it is held does not outlive its holder with it") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("lock");
    Gate started;
    Gate program_ends;
    ChildProcess holder([&] {
        Supervisor supervisor({1, 0, {}});
        const FileLock lock(path, 0600, 5, supervisor);
        if (::fork() == 0) {
            // "read" waits for a byte or for the end of the last writer.
            const std::string wait = "read line <&" + std::to_string(program_ends.reading_end());
            started.open();
            ::execl("/bin/sh", "sh", "-c", wait.c_str(), nullptr);
            ::_exit(1);
        }
        ::sleep(60);
        return 0;
    });
    started.wait();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    CHECK(status_of_locking(path) == Status::busy);
    holder.end();
    CHECK(status_of_locking(path, 2) == Status::ok);
    program_ends.open();
}

TEST_CASE("the callback is served while it waits, and may end it") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("lock");
    Supervisor holding({1, 0, {}});
    const FileLock lock(path, 0600, 0, holding);
    int calls = 0;
    Supervisor supervisor({1, 0, [&](const ProgressReport&) { return ++calls < 3; }});
    const auto start = Clock::now();
    CHECK(status_of([&] { const FileLock other(path, 0600, 60, supervisor); }) == Status::cancelled);
    CHECK(seconds_from(start) < 1);
    CHECK(calls == 3);
}

TEST_CASE("the lock file has the permissions asked for") {
    const TemporaryDirectory directory;
    const std::string path = directory.file("lock");
    const mode_t before = ::umask(077);
    Supervisor supervisor({1, 0, {}});
    { const FileLock lock(path, 0664, 0, supervisor); }
    ::umask(before);
    struct stat found {};
    REQUIRE(::stat(path.c_str(), &found) == 0);
    CHECK((found.st_mode & 07777U) == 0664U);
    CHECK(found.st_size == 0);
}

TEST_CASE("a lock file that cannot be made") {
    const TemporaryDirectory directory;
    Supervisor supervisor({1, 0, {}});
    const std::string path = directory.file("none/lock");
    CHECK(message_of([&] { const FileLock lock(path, 0600, 0, supervisor); }) ==
          "cannot make the lock file \"" + path + "\": No such file or directory");
    CHECK(status_of_locking(directory.path()) == Status::input_output);
    const std::string pipe = directory.file("pipe");
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    CHECK(message_of([&] { const FileLock lock(pipe, 0600, 0, supervisor); }) ==
          "cannot open the lock file \"" + pipe + "\": it is not a regular file; put one in its place");
}
