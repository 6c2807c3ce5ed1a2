// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cerrno>
#include <cstdio>
#include <signal.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace mml_test {

/// A forked copy of the test that runs `work` and exits with the number it returns (99 where it throws). Checks of the test
/// framework do not count in there.
class ChildProcess {
public:
    template <typename Work>
    explicit ChildProcess(Work work) : id_(fork_flushed()) {
        if (id_ < 0) throw std::runtime_error("cannot fork");
        if (id_ > 0) return;
        int result = 99;
        try {
            result = work();
        } catch (...) {
        }
        ::_exit(result);
    }
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;
    ~ChildProcess() {
        if (running_) end();
    }

    /// Waits for its end; the exit code, or minus the number of the signal that ended it.
    int wait() {
        int state = 0;
        while (::waitpid(id_, &state, 0) < 0 && errno == EINTR) {
        }
        running_ = false;
        return WIFSIGNALED(state) ? -WTERMSIG(state) : WEXITSTATUS(state);
    }
    void end() {
        ::kill(id_, SIGKILL);
        wait();
    }

private:
    // What is buffered would be written by both.
    static pid_t fork_flushed() {
        std::fflush(nullptr);
        return ::fork();
    }

    pid_t id_;
    bool running_ = true;
};

/// Lets one process wait for another.
class Gate {
public:
    Gate() {
        if (::pipe(ends_) != 0) throw std::runtime_error("cannot make a pipe");
    }
    Gate(const Gate&) = delete;
    Gate& operator=(const Gate&) = delete;
    ~Gate() {
        ::close(ends_[0]);
        ::close(ends_[1]);
    }
    void open() { [[maybe_unused]] const auto written = ::write(ends_[1], "\n", 1); }
    void wait() {
        char byte = 0;
        [[maybe_unused]] const auto count = ::read(ends_[0], &byte, 1);
    }
    int reading_end() const { return ends_[0]; }

private:
    int ends_[2];
};

}  // namespace mml_test
