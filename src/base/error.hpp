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

/// What happened, where a caller goes on by it and the status alone does not say: messages are for people and may change.
enum class Reason {
    none,
    foreign_label  ///< a sample's label is not one of the classes that its file lists
};

/// The one exception of the library. Its message is one line: what, where (file, row, column),
/// the value, what to do. Text that came from outside goes through quote() first.
class Error : public std::runtime_error {
public:
    Error(Status status, const std::string& message, Reason reason = Reason::none)
        : std::runtime_error(message), status_(status), reason_(reason) {}
    Status status() const noexcept { return status_; }
    Reason reason() const noexcept { return reason_; }

private:
    Status status_;
    Reason reason_;
};

[[noreturn]] inline void fail(Status status, const std::string& message, Reason reason = Reason::none) {
    throw Error(status, message, reason);
}

}  // namespace mml
