// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <chrono>
#include <cstdint>
#include <doctest/doctest.h>
#include <mutex>
#include <pthread.h>
#include <set>
#include <signal.h>
#include <string>
#include <thread>
#include <vector>

#include "../status_of.hpp"
#include "base/random.hpp"
#include "base/supervisor.hpp"

using mml::fail;
using mml::Phase;
using mml::Progress;
using mml::ProgressReport;
using mml::Status;
using mml::Supervisor;
using mml_test::message_of;
using mml_test::status_of;

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

void sleep_milliseconds(int count) { std::this_thread::sleep_for(std::chrono::milliseconds(count)); }

// 1e-310 * 0.5, or 0 where denormal numbers count as zero; volatile keeps the compiler from knowing.
double half_of_a_denormal() {
    volatile double denormal = 1e-310;
    volatile double half = 0.5;
    return denormal * half;
}

std::vector<std::uint64_t> numbers_drawn(int threads, int tasks) {
    Supervisor supervisor({threads, 0, {}});
    std::vector<std::uint64_t> drawn(static_cast<std::size_t>(tasks));
    supervisor.run(tasks, [&](int task) {
        mml::RandomStream random(1, mml::purpose::network, static_cast<std::uint64_t>(task));
        for (int i = 0; i <= task % 7; ++i) drawn[static_cast<std::size_t>(task)] = random.next();
    });
    return drawn;
}

}  // namespace

TEST_CASE("each task runs once, and the result is the same on any number of threads") {
    const auto expected = numbers_drawn(1, 100);
    CHECK(std::set<std::uint64_t>(expected.begin(), expected.end()).size() == 100);
    for (const int threads : {2, 3, 8, 200}) CHECK(numbers_drawn(threads, 100) == expected);
}

#if defined(__GLIBC__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("a thread has a stack of 1 MiB where the system gives less, as musl does") {
    pthread_attr_t before, small;
    REQUIRE(pthread_getattr_default_np(&before) == 0);
    REQUIRE(pthread_getattr_default_np(&small) == 0);
    REQUIRE(pthread_attr_setstacksize(&small, std::size_t{128} << 10U) == 0);
    REQUIRE(pthread_setattr_default_np(&small) == 0);
    std::size_t stack = 0;
    Supervisor supervisor({1, 0, {}});
    supervisor.run(1, [&](int) {
        pthread_attr_t here;
        if (pthread_getattr_np(pthread_self(), &here) != 0) return;
        pthread_attr_getstacksize(&here, &stack);
        pthread_attr_destroy(&here);
    });
    CHECK(pthread_setattr_default_np(&before) == 0);
    CHECK(stack >= (std::size_t{1} << 20U));
    pthread_attr_destroy(&before);
    pthread_attr_destroy(&small);
}
#endif

TEST_CASE("no task at all") {
    Supervisor supervisor({4, 0, {}});
    int calls = 0;
    supervisor.run(0, [&](int) { ++calls; });
    CHECK(calls == 0);
}

TEST_CASE("tasks run on at most `threads` threads, none of them the caller's") {
    Supervisor supervisor({3, 0, {}});
    std::mutex mutex;
    std::set<std::thread::id> seen;
    supervisor.run(30, [&](int) {
        sleep_milliseconds(1);
        const std::lock_guard lock(mutex);
        seen.insert(std::this_thread::get_id());
    });
    CHECK(seen.size() <= 3);
    CHECK_FALSE(seen.contains(std::this_thread::get_id()));
}

TEST_CASE("denormal numbers are zero in tasks and stay as they were on the caller's thread") {
    REQUIRE(half_of_a_denormal() == 0.5e-310);
    Supervisor supervisor({2, 0, {}});
    double half = -1;
    supervisor.run(1, [&](int) { half = half_of_a_denormal(); });
    CHECK(half == 0);
    CHECK(half_of_a_denormal() == 0.5e-310);
}

TEST_CASE("the exception of the lowest failed task is rethrown, whichever failed first") {
    for (const int threads : {1, 2, 4}) {
        Supervisor supervisor({threads, 0, {}});
        const auto work = [](int task) {
            if (task == 2) sleep_milliseconds(60);
            if (task >= 2) fail(Status::bad_data, "task " + std::to_string(task));
        };
        CHECK(message_of([&] { supervisor.run(8, work); }) == "task 2");
    }
}

TEST_CASE("after a failure no further task begins") {
    Supervisor supervisor({1, 0, {}});
    int begun = 0;
    CHECK_THROWS_AS(supervisor.run(5,
                                   [&](int task) {
                                       ++begun;
                                       if (task == 1) throw 42;
                                   }),
                    int);
    CHECK(begun == 2);
}

TEST_CASE("a callback that asks to stop ends tasks that check within a second") {
    int calls = 0;
    Supervisor supervisor({2, 0, [&](const ProgressReport&) { return ++calls < 3; }});
    const auto work = [&](int) {
        for (int i = 0; i < 5000; ++i) {
            sleep_milliseconds(2);
            supervisor.check();
        }
    };
    const auto start = Clock::now();
    CHECK(status_of([&] { supervisor.run(2, work); }) == Status::cancelled);
    CHECK(seconds_since(start) < 1);
    CHECK(calls == 3);
    CHECK(status_of([&] { supervisor.check(); }) == Status::cancelled);
}

TEST_CASE("once stopped, tasks that never check do not begin") {
    std::atomic<int> begun{0};
    Supervisor supervisor({1, 0, [](const ProgressReport&) { return false; }});
    const auto work = [&](int) {
        ++begun;
        sleep_milliseconds(30);
    };
    CHECK(status_of([&] { supervisor.run(1000, work); }) == Status::cancelled);
    CHECK(begun < 10);
}

TEST_CASE("an exception of the callback ends the tasks and reaches the caller") {
    Supervisor supervisor({1, 0, [](const ProgressReport&) -> bool { throw 42; }});
    const auto work = [&](int) {
        for (int i = 0; i < 5000; ++i) {
            sleep_milliseconds(2);
            supervisor.check();
        }
    };
    const auto start = Clock::now();
    CHECK_THROWS_AS(supervisor.run(1, work), int);
    CHECK(seconds_since(start) < 1);
}

TEST_CASE("a pause serves the callback on the caller's thread, and in a task only ends what was stopped") {
    std::atomic<int> calls = 0;
    Supervisor supervisor({1, 0, [&](const ProgressReport&) { return ++calls < 3; }});
    supervisor.pause();
    CHECK(calls == 1);
    supervisor.pause();  // not due again so soon
    CHECK(calls == 1);
    supervisor.run(1, [&](int) {
        for (int i = 0; i < 100; ++i) supervisor.pause();
    });
    CHECK(calls == 2);  // at the end of the run
    supervisor.poll();
    CHECK(status_of([&] { supervisor.pause(); }) == Status::cancelled);
    mml::Pause()();  // of nobody
}

TEST_CASE("the callback meets the caller's thread only") {
    std::set<std::thread::id> seen;
    Supervisor supervisor({2, 0, [&](const ProgressReport&) {
                               seen.insert(std::this_thread::get_id());
                               return true;
                           }});
    supervisor.run(4, [&](int) {
        supervisor.poll();
        sleep_milliseconds(40);
    });
    CHECK(seen == std::set{std::this_thread::get_id()});
}

TEST_CASE("the time limit") {
    Supervisor unlimited({1, 0, {}});
    CHECK_FALSE(unlimited.time_is_up());
    CHECK_FALSE(unlimited.was_cut_short());

    Supervisor limited({1, 0.05, {}});
    CHECK_FALSE(limited.was_cut_short());
    sleep_milliseconds(60);
    CHECK_FALSE(limited.was_cut_short());
    CHECK(limited.time_is_up());
    CHECK(limited.was_cut_short());
    CHECK(status_of([&] { limited.check(); }) == Status::ok);

    CHECK_FALSE(Supervisor({1, 1e300, {}}).time_is_up());
}

TEST_CASE("a run inside a task works through its tasks in order on that task's thread") {
    Supervisor supervisor({3, 0, {}});
    std::vector<std::vector<int>> order(3);
    std::vector<char> same_thread(3, 1);
    supervisor.run(3, [&](int outer) {
        const auto row = static_cast<std::size_t>(outer);
        const auto thread = std::this_thread::get_id();
        supervisor.run(4, [&](int inner) {
            order[row].push_back(inner);
            if (std::this_thread::get_id() != thread) same_thread[row] = 0;
        });
    });
    for (const auto& inner : order) CHECK(inner == std::vector<int>{0, 1, 2, 3});
    CHECK(same_thread == std::vector<char>{1, 1, 1});
}

TEST_CASE("a failure in a run inside a task reaches the caller") {
    Supervisor supervisor({2, 0, {}});
    CHECK(message_of([&] {
              supervisor.run(2, [&](int outer) {
                  supervisor.run(3, [&](int inner) {
                      if (outer == 1 && inner == 2) fail(Status::bad_data, "inner");
                  });
              });
          }) == "inner");
}

TEST_CASE("progress tells phase, step, losses and a fraction that never passes 1") {
    ProgressReport last;
    Supervisor supervisor({1, 0, [&](const ProgressReport& report) {
                               CHECK(report.fraction >= last.fraction);
                               last = report;
                               return true;
                           }});
    supervisor.enter(Phase::training);
    supervisor.set_step(3, 10, 0.5, 0.75);
    const Progress half = Progress(supervisor).part(0.5);
    half.part(0.5).advance(1);
    supervisor.poll();
    CHECK(last.phase == Phase::training);
    CHECK(last.step == 3);
    CHECK(last.steps == 10);
    CHECK(last.training_loss == 0.5);
    CHECK(last.validation_loss == 0.75);
    CHECK(last.fraction == 0.25);
    half.advance(0.5);
    supervisor.advance(0.75);
    supervisor.poll();
    CHECK(last.fraction == 1);
}

TEST_CASE("signals to the process are left to the host's threads") {
    const auto blocked = [] {
        sigset_t signals;
        pthread_sigmask(SIG_SETMASK, nullptr, &signals);
        return std::vector<int>{sigismember(&signals, SIGALRM), sigismember(&signals, SIGTERM),
                                sigismember(&signals, SIGSEGV)};
    };
    REQUIRE(blocked() == std::vector<int>{0, 0, 0});
    std::vector<int> blocked_in_task;
    Supervisor supervisor({1, 0, {}});
    supervisor.run(1, [&](int) { blocked_in_task = blocked(); });
    CHECK(blocked_in_task == std::vector<int>{1, 1, 0});
    CHECK(blocked() == std::vector<int>{0, 0, 0});
}
