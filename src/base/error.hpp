// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace mml {

/// The status codes of moodleml.h; capi/guard.h checks at compile time that the numbers agree.
enum class Status : std::int32_t {
    ok = 0,
    invalid_argument = -1,
    unknown_option = -2,
    not_found = -3,
    bad_data = -4,
    not_enough_data = -5,
    bad_model = -6,
    newer_format = -7,
    mismatch = -8,
    buffer_too_small = -9,
    input_output = -10,
    busy = -11,
    limit = -12,
    cancelled = -13,
    out_of_memory = -14,
    internal = -15
};

/// The one exception of the library. Its message is one line: what, where (file, row, column),
/// the value, what to do. Text that came from outside goes through quote() first.
class Error : public std::runtime_error {
public:
    Error(Status status, const std::string& message) : std::runtime_error(message), status_(status) {}
    Status status() const noexcept { return status_; }

private:
    Status status_;
};

[[noreturn]] inline void fail(Status status, const std::string& message) { throw Error(status, message); }

}  // namespace mml
