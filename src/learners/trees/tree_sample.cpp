// SPDX-License-Identifier: Apache-2.0
#include "learners/trees/tree_sample.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace mml {

namespace {

// With fewer columns to a tree than this, what only acts together would hardly ever meet.
constexpr std::size_t fewest_columns = 12;

std::vector<std::int32_t> drawn_columns(std::size_t columns, double share, RandomStream& random) {
    std::vector<std::int32_t> numbers(columns);
    std::iota(numbers.begin(), numbers.end(), 0);
    const auto wanted = static_cast<std::size_t>(std::ceil(share * static_cast<double>(columns)));
    const std::size_t count = std::min(columns, std::max(wanted, fewest_columns));
    if (count < columns) random.shuffle(std::span(numbers));
    numbers.resize(count);
    std::ranges::sort(numbers);
    return numbers;
}

// Finds equal patterns by an open hash table of their numbers.
class PatternTable {
public:
    PatternTable(TreeSample& sample, std::size_t rows)
        : sample_(sample), places_(std::bit_ceil(2 * rows + 1), -1), mask_(places_.size() - 1) {}

    // The number of the pattern that equals the last one added, which is taken back where there is an earlier one.
    std::int32_t merge_last() {
        const std::size_t last = sample_.patterns() - 1;
        const auto cells = sample_.pattern(last);
        std::size_t place = hash(cells) & mask_;
        for (; places_[place] >= 0; place = (place + 1) & mask_) {
            const auto earlier = static_cast<std::size_t>(places_[place]);
            if (!std::ranges::equal(sample_.pattern(earlier), cells)) continue;
            sample_.starts.pop_back();
            sample_.cells.resize(static_cast<std::size_t>(sample_.starts.back()));
            return static_cast<std::int32_t>(earlier);
        }
        places_[place] = static_cast<std::int32_t>(last);
        return places_[place];
    }

private:
    static std::size_t hash(std::span<const std::int32_t> cells) {
        std::uint64_t hash = cells.size();
        for (const std::int32_t cell : cells) {
            hash = (hash ^ static_cast<std::uint64_t>(cell)) * 0x9E3779B97F4A7C15U;
            hash ^= hash >> 32U;
        }
        return static_cast<std::size_t>(hash);
    }

    TreeSample& sample_;
    std::vector<std::int32_t> places_;
    std::size_t mask_;
};

// Adds the places of a row's bins where there are any. Every one is written and counts only where it is kept: to ask would
// be as often wrong as right.
void append_kept(std::span<const std::int32_t> row, std::span<const std::int32_t> place, std::vector<std::int32_t>& cells) {
    const std::size_t before = cells.size();
    cells.resize(before + row.size());
    std::int32_t* end = cells.data() + before;
    for (const std::int32_t cell : row) {
        const std::int32_t kept = place[static_cast<std::size_t>(cell)];
        *end = kept;
        end += kept >= 0 ? 1 : 0;
    }
    cells.resize(static_cast<std::size_t>(end - cells.data()));
}

void list_by_bin(TreeSample& sample) {
    sample.bin_starts.assign(static_cast<std::size_t>(sample.bins) + 1, 0);
    for (const std::int32_t cell : sample.cells) ++sample.bin_starts[static_cast<std::size_t>(cell) + 1];
    std::partial_sum(sample.bin_starts.begin(), sample.bin_starts.end(), sample.bin_starts.begin());
    std::vector<std::int64_t> next(sample.bin_starts.begin(), sample.bin_starts.end() - 1);
    sample.bin_patterns.resize(sample.cells.size());
    for (std::size_t pattern = 0; pattern < sample.patterns(); ++pattern) {
        for (const std::int32_t cell : sample.pattern(pattern)) {
            const auto place = static_cast<std::size_t>(next[static_cast<std::size_t>(cell)]++);
            sample.bin_patterns[place] = static_cast<std::int32_t>(pattern);
        }
    }
}

}  // namespace

TreeSample draw_sample(const BinnedRows& rows, double share, RandomStream random, bool merge) {
    TreeSample sample;
    std::vector<std::int32_t> place(static_cast<std::size_t>(rows.bins()), -1);  // of a bin among the sample's bins
    for (const std::int32_t number : drawn_columns(rows.columns().size(), share, random)) {
        const BinnedColumn& column = rows.columns()[static_cast<std::size_t>(number)];
        sample.columns.push_back({number, sample.bins, column.bins(), column.dominant});
        std::iota(place.begin() + column.first, place.begin() + column.first + column.bins(), sample.bins);
        sample.bins += column.bins();
    }
    PatternTable table(sample, merge ? static_cast<std::size_t>(rows.rows()) : 0);
    sample.pattern_of_row.resize(static_cast<std::size_t>(rows.rows()));
    if (!merge) sample.cells.reserve(rows.cells());  // at most: room that stays unused takes no memory
    sample.starts.reserve(merge ? 1 : static_cast<std::size_t>(rows.rows()) + 1);
    for (std::int64_t row = 0; row < rows.rows(); ++row) {
        append_kept(rows.row(row), place, sample.cells);
        sample.starts.push_back(static_cast<std::int64_t>(sample.cells.size()));
        sample.pattern_of_row[static_cast<std::size_t>(row)] = merge ? table.merge_last() : static_cast<std::int32_t>(row);
    }
    list_by_bin(sample);
    return sample;
}

}  // namespace mml
