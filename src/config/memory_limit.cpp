// SPDX-License-Identifier: Apache-2.0
#include "config/memory_limit.hpp"

#include <limits>

#include "base/error.hpp"
#include "base/text.hpp"

namespace mml {

void MemoryLimit::require(std::int64_t bytes, const std::string& what, const char* advice) const {
    if (allows(bytes)) return;
    fail(Status::limit, concat(what, " would take about ", bytes / bytes_in_megabyte + 1, " MB, option memory_limit allows ",
                               megabytes_, ": raise it, ", advice));
}

std::int64_t bytes_of_table(std::int64_t rows, std::int64_t columns, std::int64_t bytes_of_cell) {
    std::int64_t cells = 0;
    std::int64_t bytes = 0;
    const bool too_many =
        __builtin_mul_overflow(rows, columns, &cells) || __builtin_mul_overflow(cells, bytes_of_cell, &bytes);
    return too_many ? std::numeric_limits<std::int64_t>::max() / 2 : bytes;
}

}  // namespace mml
