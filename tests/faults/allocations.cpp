// SPDX-License-Identifier: Apache-2.0
#include "allocations.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <random>
#include <set>

#include "failing_memory.hpp"

namespace faults {

namespace {

std::set<std::string>& noted_functions() {
    static std::set<std::string> functions;
    return functions;
}

// Each to the thousandth, then 500 of the others; in the quick run a twentieth of that.
std::vector<std::int64_t> numbers_to_try(std::int64_t count) {
    const std::int64_t each = all_faults() ? 1000 : 50;
    const std::int64_t drawn = all_faults() ? 500 : 25;
    std::vector<std::int64_t> numbers;
    for (std::int64_t number = 0; number < std::min(count, each); ++number) numbers.push_back(number);
    std::mt19937_64 generator(2026);
    for (std::int64_t i = 0; i < std::min(count - each, drawn); ++i) {
        numbers.push_back(each + static_cast<std::int64_t>(generator() % static_cast<std::uint64_t>(count - each)));
    }
    return numbers;
}

mml_status called(const Call& call, std::int64_t number, Failing how) {
    const FailingMemory failing(number, how);
    return call.make();
}

void check_works(const Call& call, const std::string& expected) {
    call.prepare();
    capi_test::succeed(call.make());
    CHECK(call.result() == expected);
    call.release();
}

// True where the call answered that memory ran out.
bool check_round(const Call& call, std::int64_t number, Failing how, const std::string& expected) {
    CAPTURE(number);
    CAPTURE(static_cast<int>(how));
    call.prepare();
    const std::int64_t before = live_blocks();
    const mml_status status = called(call, number, how);
    if (status == MML_OK) {
        CHECK(call.result() == expected);
    } else {
        const std::string message = mml_last_error();
        CHECK_MESSAGE(status == MML_OUT_OF_MEMORY, mml_status_name(status), ": ", message);
        call.check_failed();
    }
    call.release();
    CHECK(live_blocks() == before);
    return status != MML_OK;
}

}  // namespace

bool all_faults() {
    const char* const wanted = std::getenv("MOODLEML_FAULTS");
    return wanted != nullptr && std::string(wanted) == "all";
}

void check_failing_allocations(const Call& call) {
    INFO(call.function);
    note_function(call.function);
    call.prepare();
    capi_test::succeed(called(call, INT64_MAX, Failing::all_from));
    const std::string expected = call.result();
    call.release();
    call.prepare();
    capi_test::succeed(called(call, INT64_MAX, Failing::all_from));
    const std::int64_t count = allocations_met();
    call.release();
    int failures = 0;
    for (const std::int64_t number : numbers_to_try(count)) {
        failures += check_round(call, number, Failing::all_from, expected) ? 1 : 0;
        failures += check_round(call, number, Failing::one, expected) ? 1 : 0;
        if (number % 16 == 0) check_works(call, expected);
    }
    MESSAGE(call.function, ": ", count, " allocations, ", failures, " failed calls");
    CHECK((failures > 0 || count == 0));
    check_works(call, expected);
}

void note_function(const std::string& function) { noted_functions().insert(function); }

bool is_noted(const std::string& function) { return noted_functions().contains(function); }

}  // namespace faults

// The last of the program, whose cases run in the order of their files.
TEST_CASE("every function of the header is in one of the cases") {
    std::ifstream file(MOODLEML_SYMBOLS);
    int functions = 0;
    for (std::string name; file >> name; ++functions) {
        CAPTURE(name);
        CHECK(faults::is_noted(name));
    }
    CHECK(functions > 50);
}
