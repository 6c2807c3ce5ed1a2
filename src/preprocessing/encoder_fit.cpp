// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "data/cell_hash.hpp"
#include "preprocessing/column_cells.hpp"
#include "preprocessing/encoder.hpp"
#include "preprocessing/equal_columns.hpp"

namespace mml {

namespace {

// Bounds a network's first layer on data whose every column has many repeated values.
constexpr std::size_t most_one_hot_outputs = 4096;
constexpr std::size_t most_category_outputs = 256;

struct WeightedValue {
    float value;
    double weight;
};
using WeightedValues = LargeVector<WeightedValue>;

// How much weight each value of a column has; missing apart.
struct ValueWeights {
    WeightedValues present;
    double missing = 0;

    void add(float value, double weight) {
        if (weight <= 0) return;
        if (std::isnan(value)) {
            missing += weight;
        } else {
            present.push_back({value, weight});
        }
    }
    // After all were added: makes `present` the different values, rising.
    void unite() {
        std::ranges::stable_sort(present, {}, &WeightedValue::value);
        std::size_t different = 0;
        for (std::size_t i = 0; i < present.size(); ++i) {
            if (different > 0 && present[different - 1].value == present[i].value) {
                present[different - 1].weight += present[i].weight;
            } else {
                present[different++] = present[i];
            }
        }
        present.resize(different);
    }
    // Makes them those of all ranks.
    void unite(const Ranks& ranks) {
        unite();
        if (!ranks.several()) return;
        present = ranks.gathered(std::span<const WeightedValue>(present));
        unite();
        missing = ranks.sum(missing);
    }
    // What most weight shows, the least of values where several do; the sums' rounding, which depends on how the table is
    // stored, decides nothing.
    float heaviest() const {
        double most = missing;
        for (const WeightedValue& value : present) most = std::max(most, value.weight);
        const double enough = most * (1 - 1e-9);
        const auto found = std::ranges::find_if(present, [&](const WeightedValue& value) { return value.weight >= enough; });
        return found == present.end() ? std::numeric_limits<float>::quiet_NaN() : found->value;
    }
    // As numeric outputs see it: missing counts as 0.
    WeightedValues filled() const {
        WeightedValues values = present;
        const auto zero = std::ranges::lower_bound(values, 0.0F, {}, &WeightedValue::value);
        if (zero != values.end() && zero->value == 0.0F) {
            zero->weight += missing;
        } else if (missing > 0) {
            values.insert(zero, {0.0F, missing});
        }
        return values;
    }
};

std::uint64_t column_hash(std::span<const ColumnCell> cells, float background) {
    std::uint64_t hash = cell_bits(background);
    for (const ColumnCell& cell : cells) {
        const std::uint64_t row = cell.row;
        hash = mixed_hash(hash, (row << 32U) | cell_bits(cell.value));
    }
    return hash;
}

bool same_cells(std::span<const ColumnCell> a, std::span<const ColumnCell> b) {
    return std::ranges::equal(
        a, b, [](const ColumnCell& x, const ColumnCell& y) { return x.row == y.row && same_cell(x.value, y.value); });
}

struct Moments {
    double mean = 0;
    double deviation = 0;
};

Moments moments(const WeightedValues& values) {
    double weight = 0, sum = 0, squares = 0;
    for (const auto& [value, own_weight] : values) {
        weight += own_weight;
        sum += own_weight * value;
    }
    const double mean = sum / weight;
    for (const auto& [value, own_weight] : values) {
        const double error = value - mean;
        squares += own_weight * error * error;
    }
    return {mean, std::sqrt(squares / weight)};
}

// The least value that this fraction of the weight does not exceed.
float quantile(const WeightedValues& values, double fraction) {
    double total = 0;
    for (const WeightedValue& value : values) total += value.weight;
    double sum = 0;
    for (const WeightedValue& value : values) {
        sum += value.weight;
        if (sum >= fraction * total * (1 - 1e-9)) return value.value;
    }
    return values.back().value;
}

}  // namespace

/// One fit: goes over the columns and collects outputs.
class EncoderFit {
public:
    EncoderFit(const SparseRows& rows, std::span<const double> weights, const Encoder::Settings& settings)
        : rows_(rows),
          cells_(rows),
          weights_(weights),
          settings_(settings),
          reference_(rows.background()),
          own_total_(std::reduce(weights.begin(), weights.end())),
          total_(settings.ranks.sum(own_total_)) {}

    Encoder run() {
        if (settings_.ranks.several()) find_copies();
        for (std::uint32_t column = 0; column < reference_.size(); ++column) {
            settings_.pause();
            add_column(column);
        }
        drop_rare_one_hot();
        Encoder encoder;
        encoder.inputs_ = rows_.columns();
        encoder.reference_ = std::move(reference_);
        for (const auto& [output, weight] : outputs_) encoder.outputs_.push_back(output);
        encoder.finish();
        return encoder;
    }

private:
    void add_column(std::uint32_t column) {
        const ValueWeights values = value_weights(column);
        if (is_category(column)) return add_category(column, values);
        const WeightedValues filled = values.filled();
        const bool varies = filled.size() > 1;
        const bool has_missing = values.missing > 0 && !values.present.empty();
        if ((!varies && !has_missing) || is_copy(column)) return;
        // Not the table's background, which need not be any row's: models would then learn differences from a row far off.
        reference_[column] = values.heaviest();
        if (varies && settings_.bins > 0) {
            add_smooth(column, filled);
            if (filled.size() > 2) add_steps(column, filled);
        } else if (varies) {
            add_numeric(column, filled);
        }
        if (has_missing) {
            const auto mean = static_cast<float>(values.missing / total_);
            outputs_.push_back({{column, Encoder::missing, mean, 1.0F, 0.0F}, values.missing});
        }
        if (filled.size() > 2) add_one_hot(column, values);
    }

    bool is_category(std::uint32_t column) const { return column < settings_.levels.size() && settings_.levels[column] > 0; }

    // Of two levels one output says all; of more, none stands for the rest, so that a penalty draws all to their mean.
    void add_category(std::uint32_t column, const ValueWeights& values) {
        const bool has_missing = values.missing > 0;
        const std::size_t different = values.present.size() + (has_missing ? 1 : 0);
        if (different < 2 || is_copy(column)) return;
        reference_[column] = values.heaviest();
        if (has_missing) {
            const auto mean = static_cast<float>(values.missing / total_);
            outputs_.push_back({{column, Encoder::missing, mean, 1.0F, 0.0F}, values.missing});
        }
        if (different > 2 || !has_missing) add_values(column, values, 0, different == 2 ? 1 : most_category_outputs);
    }

    ValueWeights value_weights(std::uint32_t column) const {
        ValueWeights values;
        const auto cells = cells_.column(column);
        values.present.reserve(cells.size() + 1);
        double stored = 0;
        for (const ColumnCell& cell : cells) {
            const double weight = weights_[cell.row];
            values.add(cell.value, weight);
            stored += weight;
        }
        const double rest = own_total_ - stored;
        // Rounding of sums must not invent a background that no row shows.
        if (std::ssize(cells) < rows_.rows()) {
            values.add(rows_.background()[column], rest);
        }
        values.unite(settings_.ranks);
        return values;
    }

    bool is_copy(std::uint32_t column) {
        return settings_.ranks.several() ? item(first_like_, column) != narrowed<std::int32_t>(column)
                                         : first_like(column) != column;
    }

    // On all ranks.
    void find_copies() {
        std::vector<std::int32_t> own;
        for (std::uint32_t column = 0; column < reference_.size(); ++column)
            own.push_back(narrowed<std::int32_t>(first_like(column)));
        first_like_ = equal_on_all_ranks(own, settings_.ranks);
    }

    // The first column with the same cells among those that it was asked for.
    std::uint32_t first_like(std::uint32_t column) {
        const float background = rows_.background()[column];
        auto& candidates = seen_[column_hash(cells_.column(column), background)];
        for (const std::uint32_t other : candidates) {
            if (same_cell(background, rows_.background()[other]) &&
                same_cells(cells_.column(column), cells_.column(other))) {
                return other;
            }
        }
        candidates.push_back(column);
        return column;
    }

    void add_numeric(std::uint32_t column, const WeightedValues& values) {
        const double range = double{values.back().value} - values.front().value;
        const Moments found = moments(values);
        const double unit = values.size() == 2 ? range : std::max(found.deviation, range / 20);
        const auto scale = static_cast<float>(1 / unit);
        // A range too narrow for float32's reciprocal carries nothing that a model could use.
        if (!std::isfinite(scale)) return;
        outputs_.push_back({{column, Encoder::numeric, static_cast<float>(found.mean), scale, 0.0F}, total_});
    }

    // A column whose middle half is one value has no quartile distance: its range takes the place.
    void add_smooth(std::uint32_t column, const WeightedValues& values) {
        const double range = double{values.back().value} - values.front().value;
        const double middle = double{quantile(values, 0.75)} - quantile(values, 0.25);
        const double unit = values.size() == 2 ? range : middle > 0 ? middle : range / 2;
        const auto scale = static_cast<float>(1 / unit);
        if (!std::isfinite(scale)) return;
        const float centre = values.size() == 2 ? static_cast<float>(moments(values).mean) : quantile(values, 0.5);
        Encoder::Output output{column, Encoder::smooth, centre, scale, 0.0F};
        output.value = static_cast<float>(mean_of(output, values));
        outputs_.emplace_back(output, total_);
    }

    void add_steps(std::uint32_t column, const WeightedValues& values) {
        float begin = values.front().value;
        for (std::size_t bin = 1; bin <= settings_.bins; ++bin) {
            const bool last = bin == settings_.bins;
            const float end = last ? values.back().value
                                   : quantile(values, static_cast<double>(bin) / static_cast<double>(settings_.bins));
            const float scale = 1.0F / (end - begin);
            if (!(end > begin) || !std::isfinite(scale)) continue;
            Encoder::Output output{column, Encoder::step, 0.0F, scale, begin};
            output.centre = static_cast<float>(mean_of(output, values));
            outputs_.emplace_back(output, total_);
            begin = end;
        }
    }

    static double mean_of(const Encoder::Output& output, const WeightedValues& values) {
        double weight = 0, sum = 0;
        for (const auto& [value, own_weight] : values) {
            weight += own_weight;
            sum += own_weight * Encoder::encoded(output, value);
        }
        return sum / weight;
    }

    void add_one_hot(std::uint32_t column, const ValueWeights& values) {
        add_values(column, values, settings_.one_hot_minimum, settings_.one_hot_maximum);
    }

    void add_values(std::uint32_t column, const ValueWeights& values, std::int32_t minimum, std::size_t maximum) {
        std::vector<std::pair<double, float>> frequent;
        for (const auto& [value, weight] : values.present) {
            if (weight >= minimum) frequent.emplace_back(-weight, value);
        }
        std::ranges::sort(frequent);
        frequent.resize(std::min(frequent.size(), maximum));
        for (const auto& [negative_weight, value] : frequent) {
            const auto mean = static_cast<float>(-negative_weight / total_);
            outputs_.push_back({{column, Encoder::one_hot, mean, 1.0F, value}, -negative_weight});
        }
    }

    void drop_rare_one_hot() {
        std::vector<double> kept;
        for (const auto& [output, weight] : outputs_) {
            if (output.kind == Encoder::one_hot) kept.push_back(weight);
        }
        if (kept.size() <= most_one_hot_outputs) return;
        std::ranges::nth_element(kept, kept.begin() + most_one_hot_outputs, std::greater<>());
        const double least = kept[most_one_hot_outputs];
        std::erase_if(outputs_,
                      [&](const auto& entry) { return entry.first.kind == Encoder::one_hot && entry.second <= least; });
    }

    const SparseRows& rows_;
    ColumnCells cells_;
    std::span<const double> weights_;
    Encoder::Settings settings_;
    std::vector<float> reference_;
    double own_total_;
    double total_;                          // of all ranks
    std::vector<std::int32_t> first_like_;  // of each column on all ranks; empty with one rank
    std::vector<std::pair<Encoder::Output, double>> outputs_;
    std::map<std::uint64_t, std::vector<std::uint32_t>> seen_;
};

Encoder Encoder::fit(const SparseRows& rows, std::span<const double> weights, const Settings& settings) {
    return EncoderFit(rows, weights, settings).run();
}

}  // namespace mml
