// SPDX-License-Identifier: Apache-2.0
#include "capi/guard.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <new>
#include <stdexcept>

namespace mml::capi {

namespace {

// A fixed array, not a string: a message must also be there when memory has run out.
constexpr std::size_t message_size = 4096;
thread_local constinit char message[message_size] = {};

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

mml_status record(Status status, const char* prefix, const char* text) noexcept {
    std::size_t length = 0;
    for (const char* part : {prefix, text}) {
        const std::size_t wanted = std::strlen(part);
        std::size_t taken = std::min(wanted, message_size - 1 - length);
        if (taken < wanted) {
            while (taken > 0 && is_continuation(part[taken])) --taken;  // never half a character
        }
        std::memcpy(message + length, part, taken);
        length += taken;
    }
    message[length] = '\0';
    std::replace_if(
        message, message + length, [](unsigned char byte) { return byte < 0x20; }, ' ');
    return static_cast<mml_status>(status);
}

constexpr const char* defect = "a defect in libmoodleml, please report it: ";

}  // namespace

const char* last_error() noexcept { return message; }

// The loader makes a thread's variables at their first use, and ends the process where it finds no memory for them; so
// the first use comes at the start of a call. Volatile, or the compiler would leave out a store that changes nothing.
void prepare_last_error() noexcept { static_cast<volatile char&>(message[message_size - 1]) = '\0'; }

mml_status record_exception() noexcept {
    try {
        throw;
    } catch (const Error& error) {
        return record(error.status(), "", error.what());
    } catch (const std::bad_alloc&) {
        return record(Status::out_of_memory, "",
                      "out of memory: use fewer rows or columns, or give the process more memory");
    } catch (const std::length_error&) {  // a container asked for more than there can be
        return record(Status::out_of_memory, "", "out of memory: the data are larger than this process can address");
    } catch (const std::exception& error) {
        return record(Status::internal, defect, error.what());
    } catch (...) {
        return record(Status::internal, defect, "an unknown exception");
    }
}

}  // namespace mml::capi
