// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <utility>

namespace mml {

/// A whole number as another type of whole number that can hold it. Builds with assertions (the sanitizers' and debug ones)
/// end where the type cannot.
template <std::integral To, std::integral From>
constexpr To narrowed(From number) {
    assert(std::in_range<To>(number));
    return static_cast<To>(number);
}

/// A count or a place, which is never negative, as the type of sizes and indices.
template <std::integral Number>
constexpr std::size_t as_size(Number number) {
    return narrowed<std::size_t>(number);
}

/// values[index] for an index of any type: rows, columns and bins are stored in 32 bits.
template <typename Values, std::integral Number>
constexpr decltype(auto) item(Values&& values, Number index) {
    return values[as_size(index)];
}

/// The sum of counts, in 64 bits.
template <typename Counts>
std::int64_t total_of(const Counts& counts) {
    return std::accumulate(std::begin(counts), std::end(counts), std::int64_t{0});
}

}  // namespace mml
