// SPDX-License-Identifier: Apache-2.0
#include "learners/trees/binned_rows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <unordered_map>

#include "base/index.hpp"
#include "data/cell_hash.hpp"
#include "ensemble/trees_member.hpp"
#include "preprocessing/column_cells.hpp"
#include "preprocessing/equal_columns.hpp"

namespace mml {

namespace {

float filled(float cell) {
    constexpr float largest = std::numeric_limits<float>::max();
    return std::isnan(cell) ? 0.0F : std::clamp(cell, -largest, largest);
}

struct CountedValue {
    float value;
    double count;
};

bool any_empty(std::span<const ColumnCell> cells, float background, std::size_t rows) {
    return (cells.size() < rows && std::isnan(background)) ||
           std::ranges::any_of(cells, [](const ColumnCell& cell) { return std::isnan(cell.value); });
}

// Makes them different and rising.
void unite(LargeVector<CountedValue>& values) {
    std::ranges::stable_sort(values, {}, &CountedValue::value);
    std::size_t last = 0;
    for (std::size_t i = 1; i < values.size(); ++i) {
        if (values[i].value == values[last].value) {
            values[last].count += values[i].count;
        } else {
            values[++last] = values[i];
        }
    }
    values.resize(std::min(values.size(), last + 1));
}

LargeVector<CountedValue> of_all_ranks(LargeVector<CountedValue> values, const Ranks& ranks) {
    if (!ranks.several()) return values;
    values = ranks.gathered(std::span<const CountedValue>(values));
    unite(values);
    return values;
}

// The different values of a column, rising, with the samples that show each. Empty cells of a category are its level 0;
// those of numbers are left out.
LargeVector<CountedValue> counted_values(std::span<const ColumnCell> cells, float background, std::span<const double> counts,
                                         double total, bool category) {
    LargeVector<CountedValue> values;
    values.reserve(cells.size() + 1);
    double stored = 0;
    for (const ColumnCell& cell : cells) {
        const double count = counts[cell.row];
        if (category || !std::isnan(cell.value)) values.push_back({filled(cell.value), count});
        stored += count;
    }
    const bool shows_background = cells.size() < counts.size() && (category || !std::isnan(background));
    if (shows_background) values.push_back({filled(background), total - stored});
    unite(values);
    return values;
}

// Halfway between two values, but never on the upper one.
float edge_between(float below, float above) {
    const auto middle = static_cast<float>((double{below} + above) / 2);
    return middle < above ? middle : below;
}

// One bin a value where there are few enough; else a bin ends once it holds its share of what the bins before left over, so
// that a frequent value has a bin of its own.
std::vector<float> bin_edges(const LargeVector<CountedValue>& values, int most) {
    std::vector<float> edges;
    double left = 0;
    for (const CountedValue& value : values) left += value.count;
    double held = 0;
    for (std::size_t i = 0; i + 1 < values.size(); ++i) {
        held += values[i].count;
        const int bins_left = most - narrowed<int>(edges.size());
        if (bins_left == 1) break;
        const double share = left / bins_left;
        const bool few = values.size() <= as_size(most);
        if (!few && held < share && held + values[i + 1].count / 2 < share) continue;
        edges.push_back(edge_between(values[i].value, values[i + 1].value));
        left -= held;
        held = 0;
    }
    return edges;
}

// One between any two bins of a category up to the greatest that occurs; none where only one occurs.
std::vector<float> category_edges(const LargeVector<CountedValue>& values) {
    std::vector<float> edges;
    if (values.size() < 2) return edges;
    const int last = category_bin(values.back().value);
    for (int bin = 0; bin < last; ++bin) edges.push_back(static_cast<float>(bin) + 0.5F);
    return edges;
}

// The bin of most rows: it is the one that rows need not name.
std::int32_t dominant_bin(const BinnedColumn& column, std::span<const ColumnCell> cells, float background, std::size_t rows,
                          const Ranks& ranks) {
    std::vector<std::int64_t> found(as_size(column.bins()));
    for (const ColumnCell& cell : cells) ++item(found, column.bin_of(cell.value));
    item(found, column.bin_of(background)) += narrowed<std::int64_t>(rows - cells.size());
    ranks.sum(std::span(found));
    return narrowed<std::int32_t>(std::ranges::max_element(found) - found.begin());
}

// Finds columns whose rows are in the same bins as those of an earlier column. Keeps no copy of what it compares: the stored
// cells are most of what a training set takes.
class ColumnTwins {
public:
    ColumnTwins(const ColumnCells& cells, const std::vector<float>& background) : cells_(cells), background_(background) {}

    // The number of the column asked for before that is like this one; its own if there is none.
    std::int32_t first_like(const BinnedColumn& column) {
        const std::uint64_t hash = hash_of(column);
        const auto [first, last] = seen_.equal_range(hash);
        const auto found = std::find_if(first, last, [&](const auto& entry) { return alike(entry.second, column); });
        if (found != last) return found->second.column;
        seen_.emplace(hash, column);
        return column.column;
    }

private:
    std::int32_t background_bin(const BinnedColumn& column) const { return column.bin_of(item(background_, column.column)); }
    std::span<const ColumnCell> stored(const BinnedColumn& column) const { return cells_.column(as_size(column.column)); }

    std::uint64_t hash_of(const BinnedColumn& column) const {
        auto hash = static_cast<std::uint64_t>(background_bin(column));
        for (const ColumnCell& cell : stored(column)) {
            const std::uint64_t row = cell.row;
            hash = mixed_hash(hash, (row << 32U) | static_cast<std::uint32_t>(column.bin_of(cell.value)));
        }
        return hash;
    }

    bool alike(const BinnedColumn& a, const BinnedColumn& b) const {
        return background_bin(a) == background_bin(b) &&
               std::ranges::equal(stored(a), stored(b), [&](const ColumnCell& x, const ColumnCell& y) {
                   return x.row == y.row && a.bin_of(x.value) == b.bin_of(y.value);
               });
    }

    const ColumnCells& cells_;
    const std::vector<float>& background_;
    std::unordered_multimap<std::uint64_t, BinnedColumn> seen_;
};

constexpr std::int64_t rows_between_pauses = 4096;

// Lists each row's bins.
class RowBinner {
public:
    RowBinner(const SparseRows& rows, const std::vector<BinnedColumn>& columns)
        : rows_(rows), columns_(columns), place_(as_size(rows.columns()), -1) {
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const auto number = as_size(columns[i].column);
            place_[number] = narrowed<std::int32_t>(i);
            if (columns[i].bin_of(rows.background()[number]) != columns[i].dominant)
                differing_.push_back(narrowed<std::int32_t>(i));
        }
    }

    // Of all rows.
    std::size_t most_bins() const { return as_size(rows_.stored()) + as_size(rows_.rows()) * differing_.size(); }

    template <typename Lists>
    void run(Lists& lists, const Pause& pause) const {
        lists.starts.reserve(as_size(rows_.rows()) + 1);
        lists.bins.reserve(as_size(rows_.stored()));  // about: room that stays unused takes no memory
        RowSpace space;
        for (std::int64_t index = 0; index < rows_.rows(); ++index) {
            if (index % rows_between_pauses == 0) pause();
            const SparseRow row = rows_.row(index, space);
            auto inherited = differing_.begin();
            for (std::size_t i = 0; i < row.columns.size(); ++i) {
                const std::int32_t at = item(place_, row.columns[i]);
                if (at < 0) continue;
                for (; inherited != differing_.end() && *inherited < at; ++inherited) add_background(*inherited, lists);
                if (inherited != differing_.end() && *inherited == at) ++inherited;
                add(at, row.values[i], lists);
            }
            for (; inherited != differing_.end(); ++inherited) add_background(*inherited, lists);
            lists.end_list();
        }
    }

private:
    template <typename Lists>
    void add(std::int32_t at, float cell, Lists& lists) const {
        const BinnedColumn& column = item(columns_, at);
        const std::int32_t bin = column.bin_of(cell);
        if (bin != column.dominant) lists.bins.push_back(static_cast<typename Lists::Bin>(column.first + bin));
    }
    template <typename Lists>
    void add_background(std::int32_t at, Lists& lists) const {
        add(at, item(rows_.background(), item(columns_, at).column), lists);
    }

    const SparseRows& rows_;
    const std::vector<BinnedColumn>& columns_;
    std::vector<std::int32_t> place_;      // of a table's column among the binned ones
    std::vector<std::int32_t> differing_;  // places of columns whose background is not in the dominant bin
};

}  // namespace

std::int32_t BinnedColumn::bin_of(float cell) const {
    if (has_empty && std::isnan(cell)) return 0;
    const auto bin = narrowed<std::int32_t>(std::ranges::lower_bound(edges, filled(cell)) - edges.begin());
    return has_empty ? bin + 1 : bin;
}

BinnedRows::BinnedRows(const SparseRows& rows, std::span<const double> counts, std::span<const std::int32_t> levels,
                       Ranks ranks, const Pause& pause)
    : rows_(rows.rows()), ranks_(std::move(ranks)) {
    fit_columns(rows, counts, levels, pause);
    bin_rows(rows, pause);
}

void BinnedRows::fit_columns(const SparseRows& rows, std::span<const double> counts, std::span<const std::int32_t> levels,
                             const Pause& pause) {
    const ColumnCells cells(rows);
    const double total = std::reduce(counts.begin(), counts.end());
    ColumnTwins twins(cells, rows.background());
    std::vector<std::int32_t> first_like(as_size(rows.columns()));
    std::iota(first_like.begin(), first_like.end(), 0);
    for (std::int32_t number = 0; number < rows.columns(); ++number) {
        pause();
        const auto stored = cells.column(as_size(number));
        const float background = item(rows.background(), number);
        const auto place = as_size(number);
        const bool category = place < levels.size() && levels[place] > 0;
        const auto values = of_all_ranks(counted_values(stored, background, counts, total, category), ranks_);
        const bool has_empty = !category && ranks_.any(any_empty(stored, background, counts.size()));
        BinnedColumn column{number, 0, 0, {}, category, has_empty};
        column.edges = category ? category_edges(values) : bin_edges(values, column.has_empty ? most_bins - 1 : most_bins);
        if (values.empty() || column.bins() < 2) continue;
        column.dominant = dominant_bin(column, stored, background, counts.size(), ranks_);
        item(first_like, number) = twins.first_like(column);
        columns_.push_back(std::move(column));
    }
    first_like = equal_on_all_ranks(first_like, ranks_);
    std::erase_if(columns_, [&](const BinnedColumn& column) { return item(first_like, column.column) != column.column; });
    for (BinnedColumn& column : columns_) {
        column.first = bins_;
        bins_ += column.bins();
    }
}

void BinnedRows::bin_rows(const SparseRows& rows, const Pause& pause) {
    const RowBinner binner(rows, columns_);
    const bool narrow = bins_ <= most_narrow_bins && binner.most_bins() <= std::numeric_limits<std::uint32_t>::max();
    if (!narrow) lists_.emplace<WideBinLists>();
    std::visit([&](auto& lists) { binner.run(lists, pause); }, lists_);
}

}  // namespace mml
