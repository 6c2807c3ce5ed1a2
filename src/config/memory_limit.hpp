// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "config/config.hpp"

namespace mml {

/// Option memory_limit, which every call that takes memory in proportion to its data asks before it takes it.
class MemoryLimit {
public:
    /// megabytes: 0 for none.
    explicit MemoryLimit(std::int64_t megabytes = 0) : megabytes_(megabytes) {}
    explicit MemoryLimit(const Config& config) : megabytes_(config.integer(OptionId::memory_limit)) {}

    bool exists() const { return megabytes_ > 0; }
    std::int64_t megabytes() const { return megabytes_; }
    bool allows(std::int64_t bytes) const { return !exists() || bytes <= megabytes_ * bytes_in_megabyte; }

    /// Throws Error(limit) with both numbers where `what` would take more: "predicting would take about 320 MB, option
    /// memory_limit allows 100: raise it, or give fewer rows at a time".
    void require(std::int64_t bytes, const std::string& what, const char* advice) const;

private:
    static constexpr std::int64_t bytes_in_megabyte = 1000000;

    std::int64_t megabytes_;
};

/// For a table of rows x columns, without overflow.
std::int64_t bytes_of_table(std::int64_t rows, std::int64_t columns, std::int64_t bytes_of_cell);

}  // namespace mml
