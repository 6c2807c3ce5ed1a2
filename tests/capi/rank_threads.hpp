// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "support.hpp"

namespace capi_test {

// Threads of this process as ranks. Each waits until all have come, for at most a minute.
class Meeting {
public:
    explicit Meeting(int size) : size_(size), given_(static_cast<std::size_t>(size)) {}

    int32_t reduce(int rank, void* values, std::size_t count, mml_data_type type, mml_operation operation) {
        const std::size_t bytes = count * (type == MML_FLOAT32 ? sizeof(float) : sizeof(double));
        std::unique_lock lock(mutex_);
        if (lost_) return 7;
        const char* const first = static_cast<const char*>(values);
        given_[static_cast<std::size_t>(rank)].assign(first, first + bytes);
        const int round = round_;
        if (++here_ == size_) {
            here_ = 0;
            ++round_;
            if (type == MML_FLOAT32) {
                combine<float>(operation);
            } else {
                combine<double>(operation);
            }
            all_here_.notify_all();
        } else if (!all_here_.wait_for(lock, patience, [&] { return round_ != round || lost_; }) || lost_) {
            lost_ = true;
            all_here_.notify_all();
            return 9;
        }
        if (result_.size() != bytes) return 8;
        std::copy(result_.begin(), result_.end(), static_cast<char*>(values));
        return 0;
    }

    std::chrono::milliseconds patience = std::chrono::minutes(1);
    int lose_at = -1;  // the step at which the last rank no longer comes

private:
    // In the order of the ranks, so that each run gives the same bits.
    template <typename T>
    void combine(mml_operation operation) {
        result_ = given_[0];
        T* all = reinterpret_cast<T*>(result_.data());
        for (std::size_t rank = 1; rank < given_.size(); ++rank) {
            const T* own = reinterpret_cast<const T*>(given_[rank].data());
            for (std::size_t i = 0; i < std::min(result_.size(), given_[rank].size()) / sizeof(T); ++i)
                all[i] = operation == MML_SUM ? all[i] + own[i] : std::max(all[i], own[i]);
        }
    }

    int size_;
    std::mutex mutex_;
    std::condition_variable all_here_;
    std::vector<std::vector<char>> given_;  // by each rank
    std::vector<char> result_;
    int here_ = 0;
    int round_ = 0;
    bool lost_ = false;
};

struct Rank {
    Meeting* meeting;
    int number;
    int size;
    int steps = 0;
    std::thread::id thread = {};
};

inline int32_t all_reduce(void* values, size_t count, mml_data_type type, mml_operation operation, void* user) {
    Rank& rank = *static_cast<Rank*>(user);
    ++rank.steps;
    if (rank.thread != std::this_thread::get_id()) return 5;
    if (rank.number == rank.size - 1 && rank.steps == rank.meeting->lose_at) return 6;
    return rank.meeting->reduce(rank.number, values, count, type, operation);
}

struct Outcome {
    mml_status status = MML_OK;
    std::string message;
    Model model;
};

using Options = std::vector<std::array<const char*, 2>>;

// One call of mml_train() on each rank. progress: of each rank; may be empty.
inline std::vector<Outcome> train_on_ranks(Meeting& meeting, const std::vector<Dataset>& shards,
                                           const std::vector<Options>& options,
                                           const std::function<int32_t(int)>& progress = {}) {
    const int size = static_cast<int>(shards.size());
    std::vector<Outcome> outcomes(shards.size());
    std::vector<std::thread> threads;
    for (int number = 0; number < size; ++number) {
        threads.emplace_back([&, number] {
            const auto place = static_cast<std::size_t>(number);
            Rank rank{&meeting, number, size, 0, std::this_thread::get_id()};
            const Config config = config_of(options[std::min(place, options.size() - 1)]);
            succeed(mml_config_set_ranks(config.get(), number, size, all_reduce, &rank));
            struct Watcher {
                const std::function<int32_t(int)>& progress;
                int number;
            } watcher{progress, number};
            const auto watch = [](const mml_progress*, void* user) {
                const auto& one = *static_cast<Watcher*>(user);
                return one.progress(one.number);
            };
            mml_model* model = nullptr;
            outcomes[place].status = mml_train(&model, shards[place].get(), config.get(), nullptr,
                                               progress ? static_cast<mml_progress_fn>(watch) : nullptr, &watcher);
            outcomes[place].message = mml_last_error();
            outcomes[place].model.reset(model);
        });
    }
    for (std::thread& thread : threads) thread.join();
    return outcomes;
}

inline std::vector<Outcome> train_on_ranks(const std::vector<Dataset>& shards, const std::vector<Options>& options) {
    Meeting meeting(static_cast<int>(shards.size()));
    return train_on_ranks(meeting, shards, options);
}

}  // namespace capi_test
