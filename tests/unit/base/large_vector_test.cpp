// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <doctest/doctest.h>
#include <fstream>
#include <unistd.h>

#include "base/large_vector.hpp"

namespace {

std::int64_t resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::int64_t pages = 0;
    file >> pages >> pages;
    return pages * ::sysconf(_SC_PAGESIZE);
}

}  // namespace

TEST_CASE("a vector keeps what it holds while it grows from a few bytes to many") {
    mml::LargeVector<std::int32_t> numbers;
    for (std::int32_t i = 0; i < 1000000; ++i) numbers.push_back(i);
    numbers.shrink_to_fit();
    bool all_there = true;
    for (std::int32_t i = 0; i < 1000000; ++i) all_there = all_there && numbers[static_cast<std::size_t>(i)] == i;
    CHECK(all_there);
    CHECK(mml::LargeVector<std::int32_t>(numbers) == numbers);
}

TEST_CASE("memory goes back to the system, whatever was allocated after it and stays") {
    const std::int64_t before = resident_bytes();
    std::vector<mml::LargeVector<char>> arrays;
    std::vector<std::vector<char>> stays;
    for (int i = 0; i < 100; ++i) {
        arrays.emplace_back(std::size_t{1} << 19U, 'a');
        stays.emplace_back(1000, 'b');
    }
    CHECK(resident_bytes() - before > 50000000);
    arrays.clear();
    CHECK(resident_bytes() - before < 10000000);
}

TEST_CASE("what no memory holds is refused") {
    CHECK_THROWS_AS(mml::allocate_large(std::size_t{1} << 60U), std::bad_alloc);
    CHECK_THROWS_AS(mml::LargeAllocator<double>().allocate(std::size_t{1} << 61U), std::bad_alloc);
}
