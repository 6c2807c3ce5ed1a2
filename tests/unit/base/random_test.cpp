// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <set>
#include <vector>

#include "base/random.hpp"

using mml::RandomStream;

TEST_CASE("the numbers never change") {
    // From an implementation of xoshiro256++ and SplitMix64 in Python that reproduces their authors' test vectors.
    RandomStream first(1);
    CHECK(first.next() == 0x3f8506cb87cd7d91U);
    CHECK(first.next() == 0x7141f0034b964604U);
    CHECK(first.next() == 0x003b07bf3afad2e5U);
    CHECK(RandomStream(1, 2, 3).next() == 0x2b1e31e38ff665efU);
    CHECK(RandomStream(0).next() == 0x3ed1653f0682083aU);

    RandomStream uniform(7);
    CHECK(uniform.uniform() == 0.32121039974671584);
    CHECK(uniform.uniform() == 0.3178424504250228);

    RandomStream below(7);
    for (const std::uint64_t expected : {1U, 3U, 3U, 0U, 0U, 3U, 2U, 4U, 7U, 8U, 5U, 0U}) CHECK(below.below(10) == expected);

    RandomStream shuffle(7);
    std::vector<int> values{0, 1, 2, 3, 4, 5, 6, 7};
    shuffle.shuffle(std::span(values));
    CHECK(values == std::vector<int>{3, 4, 6, 2, 0, 1, 7, 5});
}

TEST_CASE("seed, purpose and index each make another stream") {
    std::set<std::uint64_t> firsts;
    for (std::uint64_t seed = 0; seed < 4; ++seed) {
        for (std::uint64_t purpose = 0; purpose < 4; ++purpose) {
            for (std::uint64_t index = 0; index < 4; ++index) firsts.insert(RandomStream(seed, purpose, index).next());
        }
    }
    CHECK(firsts.size() == 64);
    CHECK(RandomStream(5, 6, 7).next() == RandomStream(5, 6, 7).next());
}

TEST_CASE("uniform numbers are below 1 and even") {
    RandomStream stream(1);
    double sum = 0;
    double least = 1;
    double greatest = 0;
    constexpr int draws = 100000;
    for (int i = 0; i < draws; ++i) {
        const double value = stream.uniform();
        sum += value;
        least = std::min(least, value);
        greatest = std::max(greatest, value);
    }
    CHECK(least >= 0);
    CHECK(least < 0.001);
    CHECK(greatest < 1);
    CHECK(greatest > 0.999);
    CHECK(sum / draws == doctest::Approx(0.5).epsilon(0.01));
}

TEST_CASE("numbers below a bound are even") {
    RandomStream stream(1);
    std::vector<int> counts(6);
    for (int i = 0; i < 60000; ++i) ++counts[static_cast<std::size_t>(stream.below(6))];
    for (const int count : counts) CHECK(count == doctest::Approx(10000).epsilon(0.05));
    CHECK(stream.below(1) == 0);
    // More than half of the raw numbers are beyond this bound's last multiple.
    constexpr std::uint64_t bound = (std::uint64_t{1} << 63U) + 1;
    for (int i = 0; i < 100; ++i) CHECK(stream.below(bound) < bound);
}

TEST_CASE("normal numbers have mean 0 and deviation 1") {
    RandomStream stream(1);
    double sum = 0;
    double squares = 0;
    constexpr int draws = 100000;
    for (int i = 0; i < draws; ++i) {
        const double value = stream.normal();
        REQUIRE(std::isfinite(value));
        sum += value;
        squares += value * value;
    }
    CHECK(std::abs(sum / draws) < 0.02);
    CHECK(squares / draws == doctest::Approx(1).epsilon(0.02));
}

TEST_CASE("a shuffle keeps the values and can bring any to any place") {
    RandomStream stream(3);
    std::vector<std::set<int>> met(4);
    for (int i = 0; i < 200; ++i) {
        std::vector<int> values{0, 1, 2, 3};
        stream.shuffle(std::span(values));
        for (std::size_t place = 0; place < 4; ++place) met[place].insert(values[place]);
        std::ranges::sort(values);
        REQUIRE(values == std::vector<int>{0, 1, 2, 3});
    }
    for (const std::set<int>& values : met) CHECK(values.size() == 4);
    std::vector<int> none;
    stream.shuffle(std::span(none));
    CHECK(none.empty());
}
