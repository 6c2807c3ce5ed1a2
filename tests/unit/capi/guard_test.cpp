// SPDX-License-Identifier: Apache-2.0
// What no caller of the library can bring about: statuses of defects, and messages that are too long.
#include <doctest/doctest.h>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "capi/guard.hpp"

using namespace mml;
using namespace mml::capi;

TEST_CASE("each exception becomes a status and a message") {
    CHECK(guarded([] {}) == MML_OK);
    CHECK(guarded([] { fail(Status::busy, "someone else writes"); }) == MML_BUSY);
    CHECK(std::string(last_error()) == "someone else writes");
    CHECK(guarded([] { throw std::bad_alloc(); }) == MML_OUT_OF_MEMORY);
    CHECK(std::string(last_error()).starts_with("out of memory"));
    CHECK(guarded([] { std::vector<char>().reserve(SIZE_MAX); }) == MML_OUT_OF_MEMORY);
    CHECK(guarded([] { throw std::out_of_range("vector::at"); }) == MML_INTERNAL);
    CHECK(std::string(last_error()) == "a defect in libmoodleml, please report it: vector::at");
    CHECK(guarded([] { throw 7; }) == MML_INTERNAL);
    CHECK(std::string(last_error()) == "a defect in libmoodleml, please report it: an unknown exception");
}

TEST_CASE("success leaves the message of the last failure") {
    CHECK(guarded([] { fail(Status::limit, "too much"); }) == MML_LIMIT);
    CHECK(guarded([] {}) == MML_OK);
    CHECK(std::string(last_error()) == "too much");
}

TEST_CASE("a message is one line, and cut between characters where it is too long") {
    CHECK(guarded([] { fail(Status::bad_data, "two\nlines\tof\x1btext"); }) == MML_BAD_DATA);
    CHECK(std::string(last_error()) == "two lines of text");
    for (std::size_t shift = 0; shift < 3; ++shift) {
        std::string text(shift, 'x');
        while (text.size() < 5000) text += "€";
        CHECK(guarded([&] { fail(Status::bad_data, text); }) == MML_BAD_DATA);
        const std::string message = last_error();
        CHECK(message == text.substr(0, shift + (4095 - shift) / 3 * 3));
    }
}

TEST_CASE("functions that return a value have one for every exception, and keep the message") {
    CHECK(guarded([] { fail(Status::limit, "too much"); }) == MML_LIMIT);
    CHECK(value_or(5, [] { return 6; }) == 6);
    CHECK(value_or(5, []() -> int { throw std::bad_alloc(); }) == 5);
    CHECK(std::string(last_error()) == "too much");
}
