// SPDX-License-Identifier: Apache-2.0
#include "base/worker_thread.hpp"

#include <algorithm>
#include <memory>
#include <system_error>

namespace mml {

#if defined(_WIN32)

WorkerThread::WorkerThread(std::function<void()> work) : thread_(std::move(work)) {}

void WorkerThread::join() { thread_.join(); }

#else

namespace {

constexpr std::size_t least_stack = std::size_t{1} << 20U;

using Work = std::function<void()>;

void* run_work(void* argument) {
    const std::unique_ptr<Work> work(static_cast<Work*>(argument));
    (*work)();
    return nullptr;
}

void require_success(int status) {
    if (status != 0) throw std::system_error(status, std::generic_category());
}

class ThreadAttributes {
public:
    ThreadAttributes() { require_success(pthread_attr_init(&attributes_)); }
    ThreadAttributes(const ThreadAttributes&) = delete;
    ThreadAttributes& operator=(const ThreadAttributes&) = delete;
    ~ThreadAttributes() { pthread_attr_destroy(&attributes_); }

    void require_stack(std::size_t size) {
        std::size_t given = 0;
        require_success(pthread_attr_getstacksize(&attributes_, &given));
        require_success(pthread_attr_setstacksize(&attributes_, std::max(given, size)));
    }
    [[nodiscard]] const pthread_attr_t* get() const { return &attributes_; }

private:
    pthread_attr_t attributes_{};
};

}  // namespace

WorkerThread::WorkerThread(std::function<void()> work) {
    auto kept = std::make_unique<Work>(std::move(work));
    ThreadAttributes attributes;
    attributes.require_stack(least_stack);
    require_success(pthread_create(&thread_, attributes.get(), run_work, kept.get()));
    kept.release();  // NOLINT(bugprone-unused-return-value): the thread has it
}

void WorkerThread::join() { pthread_join(thread_, nullptr); }

#endif

}  // namespace mml
