// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <limits>
#include <mutex>

#include "base/ranks.hpp"

namespace mml {

/// The phases of moodleml.h, same numbers.
enum class Phase : int { reading = 1, preparing, training, calibrating, evaluating, saving };

struct ProgressReport {
    Phase phase = Phase::reading;
    double fraction = 0;  ///< of the whole call, never falling
    int step = 0;
    int steps = 0;
    double training_loss = std::numeric_limits<double>::quiet_NaN();
    double validation_loss = std::numeric_limits<double>::quiet_NaN();
};

/// Returns false to stop the call.
using ProgressCallback = std::function<bool(const ProgressReport&)>;

/// Watches over one long call: starts and joins its threads, tells the caller how far it is, stops it when the
/// caller or the time limit says so. Made on the caller's thread, which is the only one that meets the callback.
class Supervisor {
public:
    struct Settings {
        int threads = 1;
        double time_limit = 0;  ///< seconds from now; 0: none
        ProgressCallback callback;
    };

    explicit Supervisor(Settings settings);
    Supervisor(const Supervisor&) = delete;
    Supervisor& operator=(const Supervisor&) = delete;

    /// Runs work(0) ... work(tasks - 1), each on one of at most `threads` new threads, all joined before it returns;
    /// denormal numbers count as zero there. While they work, the calling thread serves the callback. Tasks must not
    /// depend on one another: then the result is the same on any number of threads. Called from inside a task it
    /// runs the inner tasks one after the other on that thread. The exception of the lowest failed task is rethrown.
    void run(int tasks, const std::function<void(int)>& work);

    /// The same for tasks that take steps together with other ranks. If there are several ranks, the tasks run one after the
    /// other on the calling thread, and call pause() every few milliseconds.
    void run(const Ranks& ranks, int tasks, const std::function<void(int)>& work);

    /// Throws Error(cancelled) once the callback has asked to stop. Workers call it every few milliseconds.
    void check() const;
    /// Between pieces of long work on the calling thread: serves the callback where it is due, and checks. In a task of
    /// run() on another thread: checks.
    void pause();
    bool has_time_limit() const { return settings_.time_limit > 0; }
    bool time_is_up() const;
    /// The same for all ranks: whether it is up on any.
    bool time_is_up(const Ranks& ranks) const;
    /// True once any time_is_up() has answered true: the result holds the best so far.
    bool was_cut_short() const { return cut_short_.load(std::memory_order_relaxed); }

    void enter(Phase phase);
    void set_step(int step, int steps, double training_loss, double validation_loss);
    /// Adds a fraction of the whole call that is done.
    void advance(double fraction);
    /// Calls the callback now; only on the thread that made the supervisor.
    void poll();

private:
    void run_in_order(int tasks, const std::function<void(int)>& work);
    void run_threads(int tasks, const std::function<void(int)>& work);

    Settings settings_;
    std::chrono::steady_clock::time_point deadline_;
    std::chrono::steady_clock::time_point next_poll_{};
    std::atomic<bool> cancelled_{false};
    mutable std::atomic<bool> cut_short_{false};
    std::mutex mutex_;
    ProgressReport report_;
};

/// What long work that several calls share does between its pieces: Supervisor::pause(), or nothing where nobody watches.
class Pause {
public:
    Pause() = default;
    Pause(Supervisor& supervisor) : supervisor_(&supervisor) {}  // NOLINT(google-explicit-constructor)
    void operator()() const {
        if (supervisor_ != nullptr) supervisor_->pause();
    }

private:
    Supervisor* supervisor_ = nullptr;
};

/// A part of a call's work, so that a step need not know what fraction of the whole it is.
class Progress {
public:
    /// A call's supervisor stands for the whole of its work.
    Progress(Supervisor& supervisor, double scale = 1)  // NOLINT(google-explicit-constructor)
        : supervisor_(&supervisor), scale_(scale) {}
    Progress part(double fraction) const { return {*supervisor_, scale_ * fraction}; }
    void advance(double fraction) const { supervisor_->advance(scale_ * fraction); }
    Supervisor& supervisor() const { return *supervisor_; }

private:
    Supervisor* supervisor_;
    double scale_;
};

}  // namespace mml
