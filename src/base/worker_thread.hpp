// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#if defined(_WIN32)
#include <thread>
#else
#include <pthread.h>
#endif

namespace mml {

/// A thread with a stack of 1 MiB or more: musl gives 128 KiB, which Eigen's products alone may use. Join it before it is
/// gone.
class WorkerThread {
public:
    /// Starts at once; `work` must not throw. Throws std::system_error where the system refuses another thread.
    explicit WorkerThread(std::function<void()> work);
    void join();

private:
#if defined(_WIN32)
    std::thread thread_;
#else
    pthread_t thread_{};
#endif
};

}  // namespace mml
