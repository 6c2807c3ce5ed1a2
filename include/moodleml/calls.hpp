// SPDX-License-Identifier: Apache-2.0
#ifndef MOODLEML_CALLS_HPP
#define MOODLEML_CALLS_HPP

/**
 * The parts of the classes of moodleml.hpp: exceptions and callbacks for its users. In detail:: is how a call of the C
 * interface becomes an object or an exception. moodleml.hpp includes this file.
 */
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "moodleml/moodleml.h"

namespace moodleml {

class Error : public std::runtime_error {
public:
    Error(mml_status status, const std::string& message) : std::runtime_error(message), status_(status) {}
    mml_status status() const noexcept { return status_; }

private:
    mml_status status_;
};

class Cancelled : public Error {
public:
    explicit Cancelled(const std::string& message) : Error(MML_CANCELLED, message) {}
};

/// Called several times a second during a long call. Returns whether to continue.
using Progress = std::function<bool(const mml_progress& progress)>;

/// Takes the next bytes, valid during the call. Returns whether to continue.
using Write = std::function<bool(const char* bytes, std::size_t size)>;

namespace detail {

/// Throws the error of the last call.
inline void check(mml_status status) {
    if (status == MML_OK) return;
    const std::string message = mml_last_error();
    if (status == MML_CANCELLED) throw Cancelled(message);
    throw Error(status, message);
}

/// A text for C. A zero byte inside would cut it there, so that it names another file or option.
inline const char* c_text(const std::string& text) {
    if (text.find('\0') != std::string::npos) throw Error(MML_INVALID_ARGUMENT, "a text holds a zero byte");
    return text.c_str();
}

inline std::vector<const char*> c_texts(const std::vector<std::string>& texts) {
    std::vector<const char*> pointers;
    pointers.reserve(texts.size());
    for (const std::string& text : texts) pointers.push_back(c_text(text));
    return pointers;
}

/// A name. It is NULL if the index is out of range.
inline std::string name(const char* text) {
    if (text == nullptr) throw std::out_of_range("libmoodleml: no name at this index");
    return text;
}

/// JSON. It is NULL without a handle, and if memory ran out.
inline std::string json(const char* text, const void* handle) {
    if (text != nullptr) return text;
    if (handle == nullptr) throw Error(MML_INVALID_ARGUMENT, "the handle was moved from");
    throw Error(MML_OUT_OF_MEMORY, "not enough memory");
}

template <typename Name>
std::vector<std::string> names(std::int64_t count, Name name_at) {
    std::vector<std::string> all;
    for (std::int64_t index = 0; index < count; ++index) all.push_back(name_at(index));
    return all;
}

/// Carries a callback through the C call. It keeps the callback's exception, because not every C frame can be unwound.
template <typename Callback>
class Carrier {
public:
    explicit Carrier(const Callback& callback) : callback_(callback) {}

    template <typename... Arguments>
    std::int32_t call(Arguments&&... arguments) noexcept {
        try {
            return callback_(std::forward<Arguments>(arguments)...) ? 0 : 1;
        } catch (...) {
            thrown_ = std::current_exception();
            return 1;
        }
    }

    /// Throws the exception of the callback, or else the error of the call.
    void check(mml_status status) const {
        if (thrown_) std::rethrow_exception(thrown_);
        detail::check(status);
    }

private:
    const Callback& callback_;
    std::exception_ptr thrown_;
};

inline std::int32_t carry_progress(const mml_progress* progress, void* carrier) {
    return static_cast<Carrier<Progress>*>(carrier)->call(*progress);
}

inline std::int32_t carry_bytes(const char* bytes, std::size_t size, void* carrier) {
    return static_cast<Carrier<Write>*>(carrier)->call(bytes, size);
}

/// The object whose handle `call` writes.
template <typename Object, typename Call>
Object made(Call call) {
    typename Object::handle_type* handle = nullptr;
    check(call(&handle));
    return Object(handle);
}

/// The same for a call that also takes a callback and its user pointer.
template <typename Object, typename Call>
Object made_with(const Progress& progress, Call call) {
    Carrier<Progress> carrier(progress);
    typename Object::handle_type* handle = nullptr;
    const mml_status status = call(&handle, progress ? carry_progress : nullptr, static_cast<void*>(&carrier));
    Object object(handle);  // freed if the callback threw too late for the call to notice
    carrier.check(status);
    return object;
}

/// A call that takes a callback and its user pointer, and makes no object.
template <typename Call>
void watch(const Progress& progress, Call call) {
    Carrier<Progress> carrier(progress);
    carrier.check(call(progress ? carry_progress : nullptr, static_cast<void*>(&carrier)));
}

/// All pieces that `call` writes.
template <typename Call>
void write_with(const Write& write, Call call) {
    if (!write) throw Error(MML_INVALID_ARGUMENT, "there is nothing to write with");
    Carrier<Write> carrier(write);
    carrier.check(call(carry_bytes, static_cast<void*>(&carrier)));
}

inline Write append_to(std::string& text) {
    return [&text](const char* bytes, std::size_t size) {
        text.append(bytes, size);
        return true;
    };
}

/// All that a call writes.
template <typename Call>
std::string written(Call call) {
    std::string all;
    write_with(append_to(all), call);
    return all;
}

/// The common base of the classes below: one handle.
template <typename Type, void (*Free)(Type*)>
class Handle {
public:
    using handle_type = Type;
    Type* handle() noexcept { return handle_.get(); }
    const Type* handle() const noexcept { return handle_.get(); }
    Type* release() noexcept { return handle_.release(); }

protected:
    explicit Handle(Type* handle) noexcept : handle_(handle) {}

private:
    struct Release {
        void operator()(Type* handle) const noexcept { Free(handle); }
    };
    std::unique_ptr<Type, Release> handle_;
};

template <typename Number>
constexpr mml_data_type data_type() {
    static_assert(std::is_same<Number, float>::value || std::is_same<Number, double>::value ||
                      (std::is_integral<Number>::value && std::is_signed<Number>::value &&
                       (sizeof(Number) == 4 || sizeof(Number) == 8)),
                  "arrays hold float, double, or signed integers of 32 or 64 bits");
    return std::is_same<Number, float>::value    ? MML_FLOAT32
           : std::is_same<Number, double>::value ? MML_FLOAT64
           : sizeof(Number) == 4                 ? MML_INT32
                                                 : MML_INT64;
}

}  // namespace detail
}  // namespace moodleml

#endif
