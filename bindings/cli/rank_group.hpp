// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <exception>
#include <moodleml/moodleml.hpp>
#include <string>

namespace mml::cli {

/// The processes that mpirun started to train one model, each on its own file. A path with %r, which stands for the rank,
/// makes them a group; with any other path there is one rank and MPI is not started.
class RankGroup {
public:
    /// Throws Failure if the path has %r and the program is built without MPI.
    explicit RankGroup(const std::string& path);
    RankGroup(const RankGroup&) = delete;
    RankGroup& operator=(const RankGroup&) = delete;
    ~RankGroup();  // NOLINT(performance-trivially-destructible): with MPI, MPI ends with the process

    int rank() const { return rank_; }
    int size() const { return size_; }
    /// The path with this process's rank in place of %r.
    std::string own(std::string path) const;
    /// Lets a training with this config use the group, which must stay.
    void join(moodleml::Config& config);
    /// Runs work on all ranks. If it fails on one, all throw Failure with its message.
    template <typename Work>
    void together(const Work& work) {
        std::string message;
        try {
            work();
        } catch (const std::exception& failure) {
            if (size_ == 1) throw;
            message = failure.what();
        }
        if (size_ > 1) agree(message);
    }

private:
    void agree(const std::string& message);
    std::int32_t all_reduce(void* values, std::size_t count, mml_data_type type, mml_operation operation);

    int rank_ = 0;
    int size_ = 1;
    bool started_ = false;
    bool lost_ = false;  // ranks did not come: MPI cannot be ended in order
};

}  // namespace mml::cli
