// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>

#include "base/index.hpp"
#include "base/large_vector.hpp"

namespace mml {

/// Lists of bins, one after the other.
template <typename BinNumber, typename PlaceNumber>
struct ListsOfBins {
    using Bin = BinNumber;
    using Place = PlaceNumber;

    LargeVector<Place> starts{0};
    LargeVector<Bin> bins;

    std::size_t size() const { return starts.size() - 1; }
    std::span<const Bin> operator[](std::size_t index) const {
        const auto begin = as_size(starts[index]);
        return std::span(bins).subspan(begin, as_size(starts[index + 1]) - begin);
    }
    /// What was added to `bins` since the last call is a list.
    void end_list() { starts.push_back(static_cast<Place>(bins.size())); }
    void take_back_list() {
        starts.pop_back();
        bins.resize(as_size(starts.back()));
    }
};

/// Most bins that narrow lists can name; they hold at most 4,294,967,295 in all.
constexpr std::int64_t most_narrow_bins = 65535;
using NarrowBinLists = ListsOfBins<std::uint16_t, std::uint32_t>;
using WideBinLists = ListsOfBins<std::int32_t, std::int64_t>;
using BinLists = std::variant<NarrowBinLists, WideBinLists>;

}  // namespace mml
