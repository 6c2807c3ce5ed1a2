// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "base/supervisor.hpp"
#include "config/memory_limit.hpp"

namespace mml {

/// What holds while the file of a model or of samples is read: the memory that this may take, and who may stop it.
class Loading {
public:
    /// No limit, and nobody stops it.
    Loading() = default;
    explicit Loading(MemoryLimit memory, Supervisor* supervisor = nullptr) : memory_(memory), supervisor_(supervisor) {}
    /// Option memory_limit; the supervisor, on whose thread this is used, must live as long.
    Loading(const Config& config, Supervisor& supervisor) : Loading(MemoryLimit(config), &supervisor) {}

    /// Throws Error(limit) where reading takes more bytes than option memory_limit allows.
    void require(std::uint64_t bytes) const;
    /// Between two pieces of work, each of some milliseconds: Error(cancelled) where the caller has asked to stop.
    void pause() const;
    /// As base/file's read_file(), of a file that also fits the memory.
    std::string read_file(const std::string& path, std::uint64_t limit) const;

private:
    MemoryLimit memory_;
    Supervisor* supervisor_ = nullptr;
};

}  // namespace mml
