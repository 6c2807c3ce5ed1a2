// SPDX-License-Identifier: Apache-2.0
#include "base/supervisor.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <new>
#include <signal.h>
#include <system_error>
#include <vector>

#include "base/error.hpp"
#include "base/floating_point.hpp"
#include "base/worker_thread.hpp"

namespace mml {

namespace {

using Clock = std::chrono::steady_clock;

// Often enough that a cancelled call ends well within a second, rarely enough to cost nothing.
constexpr auto poll_interval = std::chrono::milliseconds(50);

thread_local bool inside_task = false;

// What the threads of one run() share.
struct Crew {
    std::mutex mutex;
    std::condition_variable ended;
    int next_task = 0;
    int working = 0;
    int failed_task = -1;
    std::exception_ptr failure;

    bool take(int tasks, int* task) {
        const std::lock_guard lock(mutex);
        if (failure || next_task >= tasks) return false;
        *task = next_task++;
        return true;
    }
    void record_failure(int task) {
        const std::lock_guard lock(mutex);
        if (failure && failed_task < task) return;
        failure = std::current_exception();
        failed_task = task;
    }
    void leave() {
        const std::lock_guard lock(mutex);
        --working;
        ended.notify_one();
    }
};

void work_through(Crew& crew, int tasks, const std::function<void(int)>& work) {
    flush_denormals_on_this_thread();
    inside_task = true;
    int task = 0;
    while (crew.take(tasks, &task)) {
        try {
            work(task);
        } catch (...) {
            crew.record_failure(task);
        }
    }
    crew.leave();
}

#if defined(_WIN32)
struct BlockedSignals {};  // Windows starts a thread of its own for a signal
#else
// Keeps the signals sent to the process away from threads made while it lives: their handlers are the host's and expect one
// of its own threads. Faults of the thread itself must reach it.
class BlockedSignals {
public:
    BlockedSignals() {
        sigset_t blocked;
        sigfillset(&blocked);
        for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT}) sigdelset(&blocked, fault);
        pthread_sigmask(SIG_SETMASK, &blocked, &previous_);
    }
    BlockedSignals(const BlockedSignals&) = delete;
    BlockedSignals& operator=(const BlockedSignals&) = delete;
    ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &previous_, nullptr); }

private:
    sigset_t previous_{};
};
#endif

class JoinedThreads {
public:
    ~JoinedThreads() {
        for (auto& thread : threads_) thread.join();
    }
    bool empty() const { return threads_.empty(); }
    template <typename Work>
    void start(Work work) {
        threads_.emplace_back(std::move(work));
    }

private:
    std::vector<WorkerThread> threads_;
};

// Some hosts cap threads; one is enough to go on with.
void start_threads(JoinedThreads& threads, Crew& crew, int count, int tasks, const std::function<void(int)>& work) {
    [[maybe_unused]] const BlockedSignals blocked;
    for (int i = 0; i < count; ++i) {
        {
            const std::lock_guard lock(crew.mutex);
            ++crew.working;
        }
        try {
            threads.start([&crew, tasks, &work] { work_through(crew, tasks, work); });
        } catch (const std::bad_alloc&) {
            crew.leave();
            if (threads.empty()) throw;
            return;
        } catch (const std::system_error&) {
            crew.leave();
            if (threads.empty())
                fail(Status::limit, "cannot start a thread: raise the limit on processes or threads of this user");
            return;
        }
    }
}

Clock::time_point deadline_after(double seconds) {
    constexpr double century = 3.0e9;
    if (!(seconds > 0 && seconds < century)) return Clock::time_point::max();
    return Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

}  // namespace

Supervisor::Supervisor(Settings settings)
    : settings_(std::move(settings)), deadline_(deadline_after(settings_.time_limit)) {}

void Supervisor::run(int tasks, const std::function<void(int)>& work) {
    const auto checked_work = [&](int task) {
        check();
        work(task);
    };
    if (inside_task) {
        for (int task = 0; task < tasks; ++task) checked_work(task);
    } else if (tasks > 0) {
        run_threads(tasks, checked_work);
    }
}

void Supervisor::run_threads(int tasks, const std::function<void(int)>& work) {
    Crew crew;
    {
        JoinedThreads threads;
        start_threads(threads, crew, std::clamp(settings_.threads, 1, tasks), tasks, work);
        std::unique_lock lock(crew.mutex);
        while (!crew.ended.wait_for(lock, poll_interval, [&] { return crew.working == 0; })) {
            lock.unlock();
            poll();
            lock.lock();
        }
    }
    if (crew.failure) std::rethrow_exception(crew.failure);
    poll();
    check();
}

void Supervisor::run_in_order(int tasks, const std::function<void(int)>& work) {
    const FlushedDenormals flushed;
    for (int task = 0; task < tasks; ++task) {
        pause();
        work(task);
    }
    poll();
    check();
}

void Supervisor::run(const Ranks& ranks, int tasks, const std::function<void(int)>& work) {
    if (ranks.several()) {
        run_in_order(tasks, work);
    } else {
        run(tasks, work);
    }
}

void Supervisor::check() const {
    if (cancelled_.load(std::memory_order_relaxed)) fail(Status::cancelled, "stopped by the progress callback");
}

void Supervisor::pause() {
    if (!inside_task && Clock::now() >= next_poll_) {
        poll();
        next_poll_ = Clock::now() + poll_interval;
    }
    check();
}

bool Supervisor::time_is_up() const {
    if (Clock::now() < deadline_) return false;
    cut_short_.store(true, std::memory_order_relaxed);
    return true;
}

bool Supervisor::time_is_up(const Ranks& ranks) const {
    if (!has_time_limit() || !ranks.any(time_is_up())) return false;
    cut_short_.store(true, std::memory_order_relaxed);
    return true;
}

void Supervisor::enter(Phase phase) {
    const std::lock_guard lock(mutex_);
    report_.phase = phase;
}

void Supervisor::set_step(int step, int steps, double training_loss, double validation_loss) {
    const std::lock_guard lock(mutex_);
    report_.step = step;
    report_.steps = steps;
    report_.training_loss = training_loss;
    report_.validation_loss = validation_loss;
}

void Supervisor::advance(double fraction) {
    const std::lock_guard lock(mutex_);
    report_.fraction = std::min(1.0, report_.fraction + fraction);
}

void Supervisor::poll() {
    if (!settings_.callback || cancelled_.load(std::memory_order_relaxed) || inside_task) return;
    ProgressReport report;
    {
        const std::lock_guard lock(mutex_);
        report = report_;
    }
    // Where the callback throws the tasks must end as well, since its exception has to wait for them.
    try {
        if (settings_.callback(report)) return;
    } catch (...) {
        cancelled_.store(true, std::memory_order_relaxed);
        throw;
    }
    cancelled_.store(true, std::memory_order_relaxed);
}

}  // namespace mml
