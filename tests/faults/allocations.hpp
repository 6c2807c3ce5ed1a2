// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>
#include <functional>
#include <string>

#include "../capi/support.hpp"

namespace faults {

/// Whether all faults are tried, not only what takes a second: MOODLEML_FAULTS=all.
bool all_faults();

/// A call of the C interface under test. None of the parts keeps memory from one round to the next.
struct Call {
    std::string function;
    std::function<mml_status()> make;            ///< the call alone; what it makes stays for the next two
    std::function<std::string()> result;         ///< what it made, as text
    std::function<void()> release = [] {};       ///< frees what it made
    std::function<void()> prepare = [] {};       ///< puts in place what it needs, before each round
    std::function<void()> check_failed = [] {};  ///< what holds after it failed
};

/// Lets the allocations of the call fail in turn, one and all from there on: each to the thousandth, then 500 of the others.
/// The answer is MML_OUT_OF_MEMORY or the right result, nothing leaks, and the call made again gives the right result.
void check_failing_allocations(const Call& call);

/// The same for a call that writes a handle.
template <typename Handle>
void check_maker(
    const std::string& function, const std::function<mml_status(typename Handle::pointer*)>& call,
    const std::function<std::string(typename Handle::pointer)>& text, const std::function<void()>& prepare = [] {},
    const std::function<void()>& check_failed = [] {}) {
    Handle made;
    const auto make = [&] {
        typename Handle::pointer out = nullptr;
        const mml_status status = call(&out);
        made.reset(out);
        return (out != nullptr) == (status == MML_OK) ? status : static_cast<mml_status>(MML_INTERNAL);
    };
    check_failing_allocations(
        {function, make, [&] { return text(made.get()); }, [&] { made.reset(); }, prepare, check_failed});
}

/// Names of the functions that check_failing_allocations() was called with, and of those that are noted to need no memory.
void note_function(const std::string& function);
bool is_noted(const std::string& function);

}  // namespace faults
