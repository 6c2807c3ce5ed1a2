// SPDX-License-Identifier: Apache-2.0
#include "rank_group.hpp"

#include <filesystem>
#include <string_view>

#include "failure.hpp"

#if defined(MOODLEML_MPI)
#include <chrono>
#include <cstdlib>
#include <limits>
#include <mpi.h>
#include <thread>
#endif

namespace mml::cli {

namespace {

constexpr std::string_view mark = "%r";

}  // namespace

std::string RankGroup::own(std::string path) const {
    if (started_) path.replace(path.find(mark), mark.size(), std::to_string(rank_));
    return path;
}

#if defined(MOODLEML_MPI)

namespace {

// A rank that is this much later than another is given up. Steps of a training take seconds.
constexpr auto patience = std::chrono::minutes(10);
// Most answers come within this time; for others a rank sleeps between looks.
constexpr auto impatience = std::chrono::microseconds(100);
constexpr auto pause = std::chrono::microseconds(20);

}  // namespace

RankGroup::RankGroup(const std::string& path) {
    if (path.find(mark) == std::string::npos) return;
    int provided = 0;
    if (MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS)
        throw Failure("MPI cannot be started: run the program by mpirun");
    started_ = true;
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &size_);
}

// MPI_Finalize() waits for all ranks, and mpirun ends all once one has ended with a failure. So it comes after main() has
// told what failed. Without it, mpirun ends the ranks that are left.
RankGroup::~RankGroup() {
    if (started_ && !lost_) std::atexit([] { MPI_Finalize(); });
}

void RankGroup::join(moodleml::Config& config) {
    const mml_all_reduce_fn reduce = [](void* values, size_t count, mml_data_type type, mml_operation operation,
                                        void* group) {
        return static_cast<RankGroup*>(group)->all_reduce(values, count, type, operation);
    };
    config.set_ranks(rank_, size_, reduce, this);
}

std::int32_t RankGroup::all_reduce(void* values, std::size_t count, mml_data_type type, mml_operation operation) {
    if (count > static_cast<std::size_t>(std::numeric_limits<int>::max())) return MPI_ERR_COUNT;
    MPI_Request request = MPI_REQUEST_NULL;
    int result = MPI_Iallreduce(MPI_IN_PLACE, values, static_cast<int>(count), type == MML_FLOAT32 ? MPI_FLOAT : MPI_DOUBLE,
                                operation == MML_SUM ? MPI_SUM : MPI_MAX, MPI_COMM_WORLD, &request);
    const auto start = std::chrono::steady_clock::now();
    for (int done = 0; result == MPI_SUCCESS;) {
        result = MPI_Test(&request, &done, MPI_STATUS_IGNORE);
        if (done != 0) break;
        const auto waited = std::chrono::steady_clock::now() - start;
        if (waited > patience) result = MPI_ERR_PENDING;
        // Where ranks share a processor with others, who only asks keeps those from answering.
        if (waited > impatience) std::this_thread::sleep_for(pause);
    }
    lost_ = lost_ || result != MPI_SUCCESS;
    return result;
}

// The lowest rank that failed tells the others.
void RankGroup::agree(const std::string& message) {
    int teller = message.empty() ? size_ : rank_;
    MPI_Allreduce(MPI_IN_PLACE, &teller, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    if (teller == size_) return;
    int length = static_cast<int>(message.size());
    MPI_Bcast(&length, 1, MPI_INT, teller, MPI_COMM_WORLD);
    std::string told = message;
    told.resize(static_cast<std::size_t>(length));
    MPI_Bcast(told.data(), length, MPI_CHAR, teller, MPI_COMM_WORLD);
    throw Failure("rank " + std::to_string(teller) + " of " + std::to_string(size_) + ": " + told);
}

#else

RankGroup::RankGroup(const std::string& path) {
    if (path.find(mark) == std::string::npos || std::filesystem::exists(path)) return;
    throw Failure(path + ": there is no such file, and %r means a rank only if the program is built with MOODLEML_MPI=ON");
}

RankGroup::~RankGroup() = default;
void RankGroup::join(moodleml::Config& /*config*/) {}
void RankGroup::agree(const std::string& /*message*/) {}

#endif

}  // namespace mml::cli
