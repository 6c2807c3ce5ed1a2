// SPDX-License-Identifier: Apache-2.0
#include "learners/trees/tree_sample.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "base/index.hpp"

namespace mml {

namespace {

// With fewer columns to a tree than this, what only acts together would hardly ever meet.
constexpr std::size_t fewest_columns = 12;

std::vector<std::int32_t> drawn_columns(std::size_t columns, double fraction, RandomStream& random) {
    std::vector<std::int32_t> numbers(columns);
    std::iota(numbers.begin(), numbers.end(), 0);
    const auto wanted = static_cast<std::size_t>(std::ceil(fraction * static_cast<double>(columns)));
    const std::size_t count = std::min(columns, std::max(wanted, fewest_columns));
    if (count < columns) random.shuffle(std::span(numbers));
    numbers.resize(count);
    std::ranges::sort(numbers);
    return numbers;
}

// Finds equal patterns by an open hash table of their numbers.
template <typename Lists>
class PatternTable {
public:
    PatternTable(Lists& patterns, std::size_t rows)
        : patterns_(patterns), places_(std::bit_ceil(2 * rows + 1), -1), mask_(places_.size() - 1) {}

    // The number of the pattern that equals the last one added, which is taken back where there is an earlier one.
    std::int32_t merge_last() {
        const std::size_t last = patterns_.size() - 1;
        const auto bins = patterns_[last];
        std::size_t place = hash(bins) & mask_;
        for (; places_[place] >= 0; place = (place + 1) & mask_) {
            const auto earlier = as_size(places_[place]);
            if (!std::ranges::equal(patterns_[earlier], bins)) continue;
            patterns_.take_back_list();
            return narrowed<std::int32_t>(earlier);
        }
        places_[place] = narrowed<std::int32_t>(last);
        return places_[place];
    }

private:
    static std::size_t hash(std::span<const typename Lists::Bin> bins) {
        std::uint64_t hash = bins.size();
        for (const auto bin : bins) {
            hash = (hash ^ narrowed<std::uint64_t>(bin)) * 0x9E3779B97F4A7C15U;
            hash ^= hash >> 32U;
        }
        return as_size(hash);
    }

    Lists& patterns_;
    LargeVector<std::int32_t> places_;
    std::size_t mask_;
};

// Adds the places of a row's bins where there are any. Every one is written and counts only where it is kept: to ask would
// be as often wrong as right.
template <typename Bin>
void append_kept(std::span<const Bin> row, std::span<const std::int32_t> place, LargeVector<Bin>& bins) {
    const std::size_t before = bins.size();
    bins.resize(before + row.size());
    Bin* end = bins.data() + before;
    for (const Bin bin : row) {
        const std::int32_t kept = item(place, bin);
        *end = static_cast<Bin>(kept);
        end += kept >= 0 ? 1 : 0;
    }
    bins.resize(as_size(end - bins.data()));
}

// Fills in the patterns and which of them each row is.
template <typename Lists>
void list_patterns(const Lists& rows, std::span<const std::int32_t> place, bool merge, TreeSample& sample) {
    Lists& patterns = sample.lists.emplace<Lists>();
    PatternTable<Lists> table(patterns, merge ? rows.size() : 0);
    if (merge) {
        sample.pattern_of_row.resize(rows.size());
    } else {
        patterns.bins.reserve(rows.bins.size());  // at most: room that stays unused takes no memory
        patterns.starts.reserve(rows.size() + 1);
    }
    for (std::size_t row = 0; row < rows.size(); ++row) {
        append_kept(rows[row], place, patterns.bins);
        patterns.end_list();
        if (merge) sample.pattern_of_row[row] = table.merge_last();
    }
}

template <typename Lists>
void list_by_bin(const Lists& patterns, TreeSample& sample) {
    sample.bin_starts.assign(as_size(sample.bins) + 1, 0);
    for (const auto bin : patterns.bins) ++sample.bin_starts[as_size(bin) + 1];
    std::partial_sum(sample.bin_starts.begin(), sample.bin_starts.end(), sample.bin_starts.begin());
    std::vector<std::int64_t> next(sample.bin_starts.begin(), sample.bin_starts.end() - 1);
    sample.bin_patterns.resize(patterns.bins.size());
    for (std::size_t pattern = 0; pattern < patterns.size(); ++pattern) {
        for (const auto bin : patterns[pattern]) {
            const auto place = as_size(item(next, bin)++);
            sample.bin_patterns[place] = narrowed<std::int32_t>(pattern);
        }
    }
}

}  // namespace

TreeSample draw_sample(const BinnedRows& rows, double fraction, RandomStream random, bool merge) {
    TreeSample sample;
    std::vector<std::int32_t> place(as_size(rows.bins()), -1);  // of a bin among the sample's bins
    for (const std::int32_t number : drawn_columns(rows.columns().size(), fraction, random)) {
        const BinnedColumn& column = item(rows.columns(), number);
        sample.columns.push_back({number, sample.bins, column.bins(), column.dominant});
        std::iota(place.begin() + column.first, place.begin() + column.first + column.bins(), sample.bins);
        sample.bins += column.bins();
    }
    std::visit([&](const auto& lists) { list_patterns(lists, place, merge, sample); }, rows.lists());
    std::visit([&](const auto& patterns) { list_by_bin(patterns, sample); }, sample.lists);
    return sample;
}

}  // namespace mml
