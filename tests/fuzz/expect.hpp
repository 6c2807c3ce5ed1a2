// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/error.hpp"
#include "base/text.hpp"

namespace mml_fuzz {

/// Ends the process where the library broke a promise, so that the fuzzer keeps the input.
inline void expect(bool holds, const std::string& promise) {
    if (holds) return;
    std::fprintf(stderr, "broken promise: %s\n", promise.c_str());
    std::abort();
}

/// A message is one line of UTF-8 that no byte from outside can make steer a terminal.
inline void expect_message(const std::string& message) {
    const bool printable = std::ranges::none_of(message, [](unsigned char byte) { return byte < 0x20 || byte == 0x7F; });
    expect(!message.empty() && printable && mml::valid_utf8(message) == message, "a message of one line: " + message);
}

/// Runs the work; the message where the library refuses it, else an empty one. The status never is internal.
template <typename Work>
std::string refusal_of(Work work) {
    try {
        work();
    } catch (const mml::Error& error) {
        expect_message(error.what());
        expect(error.status() != mml::Status::internal, error.what());
        return error.what();
    }
    return {};
}

}  // namespace mml_fuzz
