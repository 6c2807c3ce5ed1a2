// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/ranks.hpp"
#include "base/supervisor.hpp"
#include "base/text.hpp"
#include "data/dataset.hpp"
#include "moodleml/moodleml.h"

namespace mml::capi {

/// The message of mml_last_error(): of the calling thread, never NULL.
const char* last_error() noexcept;

/// Makes sure that this thread has room for a message before anything can go wrong.
void prepare_last_error() noexcept;

/// Turns the exception that is being handled into a status and sets the thread's message, taking no memory.
mml_status record_exception() noexcept;

/// What every function that returns a status is made of: runs the work; no exception gets past it. The work writes its
/// outputs last.
template <std::invocable Work>
mml_status guarded(Work work) noexcept {
    prepare_last_error();
    try {
        work();
        return MML_OK;
    } catch (...) {
        return record_exception();
    }
}

/// Of functions that return a value: the work's, or `otherwise` where an exception is thrown. Sets no error.
template <typename Value, std::invocable Work>
Value value_or(Value otherwise, Work work) noexcept {
    try {
        return work();
    } catch (...) {
        return otherwise;
    }
}

/// The object that an argument points to; throws where it is NULL.
template <typename T>
T& given(T* argument, const char* name) {
    if (argument == nullptr) fail(Status::invalid_argument, concat(name, " is NULL"));
    return *argument;
}

inline const char* given_text(const char* argument, const char* name) { return &given(argument, name); }

/// Hands a handle that is complete to the caller.
template <typename Handle>
void hand_over(Handle** out, std::unique_ptr<Handle> handle) {
    *out = handle.release();
}

/// A name of a list, or NULL where the index is out of range.
inline const char* name_at(const std::vector<std::string>& names, std::int64_t index) noexcept {
    return std::cmp_less(index, names.size()) && index >= 0 ? item(names, index).c_str() : nullptr;
}

/// Throws Error(buffer_too_small) telling the number needed; a buffer may be NULL only where none is needed.
template <typename Element>
void check_capacity(const Element* buffer, const char* name, std::size_t needed, std::size_t capacity) {
    if (needed == 0) return;
    given(buffer, name);
    if (capacity < needed) {
        fail(Status::buffer_too_small, concat(name, " holds ", capacity, " values: ", needed, " are needed"));
    }
}

template <typename Enumeration>
constexpr bool same_number(Enumeration inside, std::int32_t outside) {
    return static_cast<std::int32_t>(inside) == outside;
}

static_assert(same_number(Status::ok, MML_OK) && same_number(Status::invalid_argument, MML_INVALID_ARGUMENT) &&
              same_number(Status::unknown_option, MML_UNKNOWN_OPTION) && same_number(Status::not_found, MML_NOT_FOUND) &&
              same_number(Status::bad_data, MML_BAD_DATA) && same_number(Status::not_enough_data, MML_NOT_ENOUGH_DATA) &&
              same_number(Status::bad_model, MML_BAD_MODEL) && same_number(Status::newer_format, MML_NEWER_FORMAT) &&
              same_number(Status::mismatch, MML_MISMATCH) && same_number(Status::buffer_too_small, MML_BUFFER_TOO_SMALL) &&
              same_number(Status::input_output, MML_IO) && same_number(Status::busy, MML_BUSY) &&
              same_number(Status::limit, MML_LIMIT) && same_number(Status::cancelled, MML_CANCELLED) &&
              same_number(Status::out_of_memory, MML_OUT_OF_MEMORY) && same_number(Status::internal, MML_INTERNAL));
static_assert(same_number(Task::classification, MML_CLASSIFICATION) && same_number(Task::regression, MML_REGRESSION));
static_assert(same_number(Ranks::Number::float32, MML_FLOAT32) && same_number(Ranks::Number::float64, MML_FLOAT64) &&
              same_number(Ranks::Operation::sum, MML_SUM) && same_number(Ranks::Operation::maximum, MML_MAXIMUM));
static_assert(same_number(Phase::reading, MML_READING) && same_number(Phase::preparing, MML_PREPARING) &&
              same_number(Phase::training, MML_TRAINING) && same_number(Phase::calibrating, MML_CALIBRATING) &&
              same_number(Phase::evaluating, MML_EVALUATING) && same_number(Phase::saving, MML_SAVING));

}  // namespace mml::capi
