// SPDX-License-Identifier: Apache-2.0
#include "model/column_spread.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/text.hpp"
#include "model/category_coding.hpp"
#include "preprocessing/column_cells.hpp"

namespace mml {

namespace {

constexpr std::size_t most_bins = 10;
constexpr std::int64_t fewest_counted = 10;
constexpr std::int64_t most_rows = 10'000;
constexpr std::int64_t fewest_rows = 100;
constexpr std::int64_t most_cells = 4'000'000;
constexpr const char* damaged = "damaged model: the counts of its columns' bins do not fit each other";

struct WeighedCell {
    float value = 0;
    std::int64_t samples = 0;
};

std::vector<std::int64_t> samples_of_rows(const Samples& samples) {
    std::vector<std::int64_t> counts(as_size(samples.features.rows()));
    for (const Observation& observation : samples.observations) counts[as_size(observation.row)] += observation.count;
    return counts;
}

std::vector<WeighedCell> united_cells(std::vector<WeighedCell>& cells) {
    std::ranges::sort(cells, {}, &WeighedCell::value);
    std::vector<WeighedCell> different;
    for (const WeighedCell& cell : cells) {
        const bool is_new = different.empty() || different.back().value != cell.value;
        if (is_new) different.push_back({cell.value, 0});
        different.back().samples += cell.samples;
    }
    return different;
}

// Different cells by rising value; missing ones are counted apart.
std::vector<WeighedCell> different_cells(std::span<const ColumnCell> stored, float background,
                                         std::span<const std::int64_t> samples, std::int64_t all, std::int64_t& missing) {
    std::vector<WeighedCell> cells;
    std::int64_t rest = all;
    missing = 0;
    for (const ColumnCell cell : stored) {
        const std::int64_t count = samples[as_size(cell.row)];
        rest -= count;
        (cell.value != cell.value) ? void(missing += count) : cells.push_back({cell.value, count});
    }
    (background != background) ? void(missing += rest) : cells.push_back({background, rest});
    std::erase_if(cells, [](const WeighedCell& cell) { return cell.samples == 0; });
    return united_cells(cells);
}

float between(float low, float high) { return low / 2 + high / 2 > low ? low / 2 + high / 2 : high; }

// A value alone gets a narrow bin of its own, so that any other value is seen.
ColumnSpread around(const WeighedCell& cell, std::int64_t missing) {
    const float reach = std::max(std::abs(cell.value) * 1e-5F, 1e-6F);
    return {{cell.value - reach, cell.value + reach}, {0, cell.samples, 0, missing}};
}

// Ends a bin where it has its share of what is left; the last one takes the rest.
ColumnSpread equal_bins(const std::vector<WeighedCell>& cells, std::int64_t missing, bool is_category) {
    ColumnSpread spread;
    std::int64_t left = 0;
    for (const WeighedCell& cell : cells) left += cell.samples;
    std::int64_t in_bin = 0;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        in_bin += cells[i].samples;
        const auto bins_left = narrowed<std::int64_t>(most_bins - std::min(spread.edges.size(), most_bins - 1));
        const bool rest_is_small = left - in_bin < fewest_counted;
        // Texts that are no level have a bin of their own, however few they are in training.
        const bool ends_others = is_category && cells[i].value == other_level;
        const bool is_full = in_bin >= fewest_counted && in_bin * bins_left >= left;
        if (i + 1 == cells.size() || rest_is_small || (!is_full && !ends_others)) continue;
        spread.edges.push_back(between(cells[i].value, cells[i + 1].value));
        spread.counts.push_back(ends_others && in_bin < fewest_counted ? 0 : in_bin);
        left -= in_bin;
        in_bin = 0;
    }
    spread.counts.push_back(in_bin);
    spread.counts.push_back(missing);
    return spread;
}

ColumnSpread spread_of_cells(std::vector<WeighedCell> cells, std::int64_t missing, bool is_category) {
    missing = missing < fewest_counted ? 0 : missing;
    if (cells.empty()) return {{}, {0, missing}};
    if (is_category && cells.front().value != other_level) cells.insert(cells.begin(), {other_level, 0});
    if (cells.size() > 1) return equal_bins(cells, missing, is_category);
    // Fewer samples than that say nothing of a column.
    return cells.front().samples < fewest_counted ? ColumnSpread{{}, {0, missing}} : around(cells.front(), missing);
}

std::vector<std::int64_t> even_rows(std::int64_t rows, std::int64_t columns) {
    const std::int64_t limit = std::clamp(most_cells / std::max<std::int64_t>(columns, 1), fewest_rows, most_rows);
    std::vector<std::int64_t> chosen(as_size(std::min(rows, limit)));
    for (std::size_t i = 0; i < chosen.size(); ++i)
        chosen[i] = narrowed<std::int64_t>(i) * rows / narrowed<std::int64_t>(chosen.size());
    return chosen;
}

// Of the rows of all ranks, rank after rank, those of this one.
std::vector<std::int64_t> own_even_rows(const SparseRows& rows, const Ranks& ranks) {
    if (!ranks.several()) return even_rows(rows.rows(), rows.columns());
    std::vector<std::int64_t> counts(as_size(ranks.size()));
    item(counts, ranks.rank()) = rows.rows();
    ranks.sum(std::span(counts));
    const std::int64_t before = std::reduce(counts.begin(), counts.begin() + ranks.rank());
    std::vector<std::int64_t> own;
    for (const std::int64_t row : even_rows(total_of(counts), rows.columns())) {
        if (row >= before && row < before + rows.rows()) own.push_back(row - before);
    }
    return own;
}

// Unites what is equal.
std::vector<WeighedCell> cells_of_all_ranks(const std::vector<WeighedCell>& own, const Ranks& ranks) {
    if (!ranks.several()) return own;
    auto cells = ranks.gathered<WeighedCell, std::vector<WeighedCell>>(own);
    return united_cells(cells);
}

std::size_t bin_of(const ColumnSpread& spread, float cell) {
    if (cell != cell) return spread.edges.size() + 1;
    return as_size(std::ranges::upper_bound(spread.edges, cell) - spread.edges.begin());
}

}  // namespace

ColumnSpreads spread_of(const Samples& samples, const Ranks& ranks) {
    const std::vector<std::int64_t> rows = own_even_rows(samples.features, ranks);
    const std::vector<std::int64_t> all_counts = samples_of_rows(samples);
    std::vector<std::int64_t> counts;
    counts.reserve(rows.size());
    for (const std::int64_t row : rows) counts.push_back(all_counts[as_size(row)]);
    const SparseRows chosen = selected(samples.features, rows);
    const ColumnCells cells(chosen);
    const std::int64_t all = total_of(counts);
    ColumnSpreads spreads;
    for (std::size_t column = 0; column < chosen.background().size(); ++column) {
        std::int64_t missing = 0;
        const auto own = different_cells(cells.column(column), chosen.background()[column], counts, all, missing);
        const auto different = cells_of_all_ranks(own, ranks);
        spreads.push_back(spread_of_cells(different, ranks.sum(missing), has_levels(samples.categories, column)));
    }
    return spreads;
}

ColumnSpreads counted_like(const ColumnSpreads& spreads, const SparseRows& rows) {
    ColumnSpreads counted = spreads;
    for (std::size_t column = 0; column < counted.size(); ++column) {
        ColumnSpread& spread = counted[column];
        std::ranges::fill(spread.counts, 0);
        spread.counts[bin_of(spread, rows.background()[column])] = rows.rows();
    }
    RowSpace space;
    for (std::int64_t i = 0; i < rows.rows(); ++i) {
        const SparseRow row = rows.row(i, space);
        for (std::size_t k = 0; k < row.columns.size(); ++k) {
            const auto column = as_size(row.columns[k]);
            ColumnSpread& spread = counted[column];
            --spread.counts[bin_of(spread, rows.background()[column])];
            ++spread.counts[bin_of(spread, row.values[k])];
        }
    }
    return counted;
}

double stability_index(std::span<const std::int64_t> expected, std::span<const std::int64_t> found) {
    const double half = 0.5 * static_cast<double>(expected.size());
    const double all = static_cast<double>(total_of(expected)) + half;
    const double all_found = static_cast<double>(total_of(found)) + half;
    double index = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const double p = (static_cast<double>(expected[i]) + 0.5) / all;
        const double q = (static_cast<double>(found[i]) + 0.5) / all_found;
        index += (p - q) * std::log(p / q);
    }
    return index;
}

// The quantile of chi squared by Wilson and Hilferty (1931).
double index_by_chance(std::span<const std::int64_t> expected, std::span<const std::int64_t> found, double z) {
    const auto n = static_cast<double>(total_of(expected));
    const auto m = static_cast<double>(total_of(found));
    if (n == 0 || m == 0) return std::numeric_limits<double>::infinity();
    const auto degrees = static_cast<double>(expected.size() - 1);
    const double part = 2 / (9 * degrees);
    const double root = 1 - part + z * std::sqrt(part);
    return degrees * root * root * root * (1 / n + 1 / m);
}

// By halving.
double comparison_quantile(std::size_t columns) {
    const double chance = 0.001 / static_cast<double>(std::max<std::size_t>(columns, 1));
    double low = 0;
    double high = 40;
    for (int step = 0; step < 100; ++step) {
        const double middle = (low + high) / 2;
        (std::erfc(middle / std::sqrt(2.0)) / 2 > chance ? low : high) = middle;
    }
    return high;
}

void store_spreads(const ColumnSpreads& spreads, Tensors& tensors) {
    if (spreads.empty()) return;
    std::vector<std::int32_t> edges_of_column;
    std::vector<float> edges;
    std::vector<std::int64_t> counts;
    for (const ColumnSpread& spread : spreads) {
        edges_of_column.push_back(narrowed<std::int32_t>(spread.edges.size()));
        edges.insert(edges.end(), spread.edges.begin(), spread.edges.end());
        counts.insert(counts.end(), spread.counts.begin(), spread.counts.end());
    }
    tensors.put("spread.edges_of_column", std::move(edges_of_column));
    tensors.put("spread.edges", std::move(edges));
    tensors.put("spread.counts", std::move(counts));
}

ColumnSpreads load_spreads(const Tensors& tensors) {
    if (!tensors.has("spread.edges_of_column")) return {};
    const auto& sizes = tensors.get<std::int32_t>("spread.edges_of_column", {-1});
    const auto& edges = tensors.get<float>("spread.edges", {-1});
    const auto& counts = tensors.get<std::int64_t>("spread.counts", {-1});
    constexpr std::int64_t most_samples = std::int64_t{1} << 53U;
    const bool fits =
        std::ranges::all_of(sizes, [&](std::int32_t size) { return size >= 0 && std::cmp_less_equal(size, edges.size()); });
    std::size_t all = 0;
    for (const std::int32_t size : sizes) all += fits ? as_size(size) : 0;
    const bool counted = std::ranges::all_of(counts, [](std::int64_t count) { return count >= 0 && count <= most_samples; });
    if (!fits || !counted || all != edges.size() || counts.size() != all + 2 * sizes.size())
        fail(Status::bad_model, damaged);
    ColumnSpreads spreads;
    auto edge = edges.begin();
    auto count = counts.begin();
    for (const std::int32_t size : sizes) {
        ColumnSpread& spread = spreads.emplace_back(ColumnSpread{{edge, edge + size}, {count, count + size + 2}});
        // NaN does not rise.
        const bool rises =
            std::ranges::adjacent_find(spread.edges, [](float a, float b) { return !(a < b); }) == spread.edges.end();
        const bool finite = std::ranges::all_of(spread.edges, [](float value) { return std::isfinite(value); });
        if (!rises || !finite) fail(Status::bad_model, damaged);
        edge += size;
        count += size + 2;
    }
    return spreads;
}

}  // namespace mml
