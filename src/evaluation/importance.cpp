// SPDX-License-Identifier: Apache-2.0
#include "evaluation/importance.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/index.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "evaluation/data_quality.hpp"
#include "evaluation/effects.hpp"
#include "evaluation/interval.hpp"
#include "evaluation/level_effects.hpp"
#include "evaluation/report_json.hpp"
#include "metrics/metrics.hpp"

namespace mml {

namespace {

// Of one model; fewer where there are many columns.
constexpr std::size_t most_permuted_rows = 1000;
constexpr std::size_t most_permuted_cells = 4'000'000;
constexpr std::size_t most_explained_rows = 100;
// A single model has no other splits that average the chance of one permutation out.
constexpr std::uint64_t permutations_of_single_model = 5;
constexpr std::uint64_t bootstrap_resamples = 200;

// Of the whole of this work.
constexpr double explaining_share = 0.3;
constexpr double permuting_share = 0.6;

// Of all rows so many, at even distances from a random one on.
std::vector<std::int64_t> some_rows(std::int64_t rows, std::size_t most, RandomStream stream) {
    std::vector<std::int64_t> all(as_size(rows));
    std::iota(all.begin(), all.end(), std::int64_t{0});
    if (all.size() <= most) return all;
    stream.shuffle(std::span(all));
    all.resize(most);
    std::ranges::sort(all);
    return all;
}

std::size_t rows_within(std::size_t cells, std::size_t columns, std::size_t most) {
    return std::clamp<std::size_t>(cells / std::max<std::size_t>(columns, 1), 1, most);
}

// What the loss of a data set is the mean of, one a row; for regression its root.
std::vector<double> row_losses(const Model& model, const Dataset& rows) {
    const Target& target = *rows.target;
    const auto count = as_size(rows.rows());
    std::vector<double> losses(count);
    if (model.task() == Task::regression) {
        std::vector<double> estimates(count);
        model.predict(rows, 1, std::span(estimates));
        for (std::size_t i = 0; i < count; ++i)
            losses[i] = (estimates[i] - target.values[i]) * (estimates[i] - target.values[i]);
        return losses;
    }
    const auto width = as_size(model.outputs());
    std::vector<float> scores(count * width);
    model.predict(rows, 1, std::span(scores));
    for (std::size_t i = 0; i < count; ++i)
        losses[i] = row_log_loss(std::span<const float>(scores).subspan(i * width, width), target.class_indices[i]);
    return losses;
}

// A model's rows, with what is needed to permute each unit of columns.
class Permutations {
public:
    Permutations(const HeldOut& held_out, std::uint64_t seed, std::uint64_t number, std::uint64_t count)
        : model_(*held_out.model),
          rows_(sampled(held_out, seed, number)),
          cells_(rows_.features),
          rests_(rows_.remainders),
          losses_(row_losses(model_, rows_)) {
        for (std::uint64_t i = 0; i < count; ++i) {
            orders_.emplace_back(losses_.size());
            std::iota(orders_.back().begin(), orders_.back().end(), std::size_t{0});
            RandomStream(seed, purpose::permuted_rows, number * count + i).shuffle(std::span(orders_.back()));
        }
    }

    std::size_t rows() const { return losses_.size(); }
    bool regression() const { return model_.task() == Task::regression; }
    const std::vector<float>& weights() const { return rows_.weights; }
    /// Of the rows as they are, and with the cells of a unit in other rows, the mean of all orders.
    const std::vector<double>& losses() const { return losses_; }
    std::vector<double> permuted_losses(const ColumnUnit& unit) const {
        std::vector<std::vector<float>> cells;
        for (const std::size_t column : unit.columns) cells.push_back(cells_.cells(column));
        for (std::size_t i = 0; i < unit.columns.size() && rests_.rows() > 0; ++i)
            cells.push_back(rests_.cells(unit.columns[i]));
        std::vector<double> sums(losses_.size());
        for (const auto& order : orders_) add_losses(unit, cells, order, sums);
        for (double& sum : sums) sum /= static_cast<double>(orders_.size());
        return sums;
    }

private:
    static Dataset sampled(const HeldOut& held_out, std::uint64_t seed, std::uint64_t number) {
        const std::size_t most = rows_within(most_permuted_cells, as_size(held_out.rows.columns()), most_permuted_rows);
        return selected(held_out.rows,
                        some_rows(held_out.rows.rows(), most, RandomStream(seed, purpose::surveyed_rows, 1 + number)));
    }

    // The changed rows of a table, with the cells of a unit's columns from other rows.
    static SparseRows with_cells(const SparseRows& table, const std::vector<std::int64_t>& changed, const ColumnUnit& unit,
                                 std::span<const std::vector<float>> cells, const std::vector<std::size_t>& order) {
        SparseRows made(table.background());
        std::vector<float> row(table.background().size());
        for (const std::int64_t number : changed) {
            table.expand_row(number, row);
            for (std::size_t i = 0; i < cells.size(); ++i) row[unit.columns[i]] = cells[i][order[as_size(number)]];
            made.append_dense_row(row);
        }
        return made;
    }

    // Rows whose cells stay the same keep their loss: in sparse data those are most.
    void add_losses(const ColumnUnit& unit, const std::vector<std::vector<float>>& cells,
                    const std::vector<std::size_t>& order, std::vector<double>& sums) const {
        std::vector<std::int64_t> changed;
        for (std::size_t row = 0; row < order.size(); ++row) {
            const bool same = std::ranges::all_of(
                cells, [&](const std::vector<float>& column) { return same_cell(column[row], column[order[row]]); });
            if (!same) changed.push_back(narrowed<std::int64_t>(row));
            sums[row] += same ? losses_[row] : 0;
        }
        if (changed.empty()) return;
        Dataset permuted = selected(rows_, changed);
        const std::span<const std::vector<float>> all(cells);
        const std::size_t count = unit.columns.size();
        permuted.features = with_cells(rows_.features, changed, unit, all.first(count), order);
        if (rests_.rows() > 0) permuted.remainders = with_cells(rows_.remainders, changed, unit, all.subspan(count), order);
        const std::vector<double> losses = row_losses(model_, permuted);
        for (std::size_t i = 0; i < changed.size(); ++i) item(sums, changed[i]) += losses[i];
    }

    const Model& model_;
    Dataset rows_;
    Columns cells_;
    Columns rests_;  // without rows: nothing was rounded off
    std::vector<double> losses_;
    std::vector<std::vector<std::size_t>> orders_;  // for each row the one whose cells it gets
};

// The mean size of what each unit adds to the answers.
std::vector<double> mean_contributions(const HeldOut& held_out, const std::vector<ColumnUnit>& units) {
    const Model& model = *held_out.model;
    const auto width = as_size(model.inputs()) + 1;
    const auto outputs = as_size(model.outputs());
    const std::size_t most = rows_within(most_permuted_cells, width * outputs, most_explained_rows);
    const Dataset rows = selected(held_out.rows, some_rows(held_out.rows.rows(), most, RandomStream(0)));
    std::vector<double> parts(as_size(rows.rows()) * outputs * width);
    Supervisor alone({1, 0, {}});
    model.explain(rows, alone, parts);
    const std::vector<std::int32_t> columns = model.match_columns(rows);
    std::vector<std::size_t> unit_of_column(as_size(rows.columns()), units.size());
    for (std::size_t i = 0; i < units.size(); ++i) {
        for (const std::size_t column : units[i].columns) unit_of_column[column] = i;
    }
    std::vector<double> means(units.size() + 1);
    std::vector<double> sums(units.size() + 1);
    for (std::size_t start = 0; start < parts.size(); start += width) {
        std::ranges::fill(sums, 0);
        for (std::size_t i = 0; i + 1 < width; ++i) sums[item(unit_of_column, columns[i])] += parts[start + i];
        for (std::size_t i = 0; i < sums.size(); ++i) means[i] += std::abs(sums[i]);
    }
    const std::size_t answers = parts.size() / width;
    for (double& mean : means) mean /= static_cast<double>(answers);
    means.pop_back();  // constant columns
    return means;
}

double loss_of(std::span<const double> losses, std::span<const float> weights, bool regression) {
    const double mean = weighted_mean(losses, weights);
    return regression ? std::sqrt(mean) : mean;
}

// By how much the loss of a model rises.
double rise(const Permutations& rows, std::span<const double> permuted, std::span<const float> weights) {
    return loss_of(permuted, weights, rows.regression()) - loss_of(rows.losses(), weights, rows.regression());
}

Interval bootstrapped(const Permutations& rows, std::span<const double> permuted, std::uint64_t seed) {
    std::vector<double> values;
    for (std::uint64_t i = 0; i < bootstrap_resamples; ++i) {
        RandomStream stream(seed, purpose::resampled_rows, i);
        std::vector<float> drawn(rows.rows());
        for (std::size_t k = 0; k < drawn.size(); ++k) ++drawn[stream.below(drawn.size())];
        for (std::size_t k = 0; k < drawn.size() && !rows.weights().empty(); ++k) drawn[k] *= rows.weights()[k];
        values.push_back(rise(rows, permuted, drawn));
    }
    return percentile_interval(std::move(values));
}

class Importance {
public:
    Importance(const std::vector<HeldOut>& held_out, const std::vector<ColumnUnit>& units,
               const ImportanceSettings& settings, Progress progress)
        : held_out_(held_out), all_units_(units), settings_(settings), progress_(progress) {}

    Json json() {
        rank();
        measure();
        const auto defined = [](const Measured& each) { return std::isfinite(each.value) ? each.value : 0; };
        std::ranges::stable_sort(measured_, std::greater<>(), defined);
        return {{"loss", held_out_.front().model->task() == Task::regression ? "rmse" : "log_loss"},
                {"models", held_out_.size()},
                {"units", all_units_.size()},
                {"columns", columns_json()},
                {"effects", effects_of_columns()}};
    }

private:
    struct Measured {
        const ColumnUnit* unit = nullptr;
        double contribution = 0;
        double value = 0;
        Interval interval;
    };

    // The units of the largest contributions, over all models.
    void rank() {
        std::vector<std::vector<double>> means(held_out_.size());
        progress_.supervisor().run(narrowed<int>(means.size()), [&](int number) {
            progress_.supervisor().check();
            const auto index = as_size(number);
            means[index] = mean_contributions(held_out_[index], all_units_);
            progress_.advance(explaining_share / static_cast<double>(means.size()));
        });
        double all = 0;
        for (std::size_t i = 0; i < all_units_.size(); ++i) {
            double sum = 0;
            for (const auto& of_model : means) sum += of_model[i];
            all += sum;
            if (sum > 0) measured_.push_back({&all_units_[i], sum, 0, {}});
        }
        std::ranges::stable_sort(measured_, std::greater<>(), &Measured::contribution);
        measured_.resize(std::min(measured_.size(), as_size(settings_.units)));
        for (Measured& each : measured_) each.contribution /= all;
    }

    void measure() {
        const bool single = held_out_.size() == 1;
        std::vector<std::vector<double>> values(measured_.size(), std::vector<double>(held_out_.size()));
        const auto permute = [&](const Permutations& rows, std::size_t model, std::size_t unit) {
            const std::vector<double> permuted = rows.permuted_losses(*measured_[unit].unit);
            values[unit][model] = rise(rows, permuted, rows.weights());
            if (single) measured_[unit].interval = bootstrapped(rows, permuted, settings_.seed);
        };
        for (std::size_t model = 0; model < held_out_.size(); ++model) {
            const Permutations rows(held_out_[model], settings_.seed, model, single ? permutations_of_single_model : 1);
            progress_.supervisor().run(narrowed<int>(measured_.size()), [&](int unit) {
                progress_.supervisor().check();
                permute(rows, model, as_size(unit));
            });
            progress_.advance(permuting_share / static_cast<double>(held_out_.size()));
        }
        for (std::size_t i = 0; i < measured_.size(); ++i) {
            const auto count = static_cast<double>(values[i].size());
            measured_[i].value = std::accumulate(values[i].begin(), values[i].end(), 0.0) / count;
            if (!single) measured_[i].interval = corrected_interval(values[i], settings_.test_to_training);
        }
    }

    Json columns_json() const {
        Json list = Json::array();
        const std::vector<std::string>& names = held_out_.front().rows.column_names;
        for (const Measured& each : measured_) {
            Json columns = Json::array();
            for (const std::size_t column : each.unit->columns) {
                if (columns.size() < most_named_columns) columns.push_back(valid_utf8(names[column]));
            }
            list.push_back({{"name", each.unit->name},
                            {"columns", std::move(columns)},
                            {"count", each.unit->columns.size()},
                            {"value", number_or_null(each.value)},
                            {"interval", interval_json(each.interval)},
                            {"contribution", number_or_null(each.contribution)}});
        }
        return list;
    }

    Json effects_of_columns() {
        const double half = (1 - explaining_share - permuting_share) / 2;
        Json effects = effects_json(held_out_, columns_to_draw(true), settings_.shown_class, progress_.part(half));
        effects["categories"] =
            level_effects_json(held_out_, columns_to_draw(false), settings_.shown_class, progress_.part(half));
        return effects;
    }

    // The first columns of the most important units: numbers, which a line can be drawn of, or categories.
    std::vector<std::size_t> columns_to_draw(bool numbers) const {
        const Categories& categories = held_out_.front().rows.categories;
        std::vector<std::size_t> columns;
        for (const Measured& each : measured_) {
            const std::size_t column = each.unit->columns.front();
            const bool is_number = categories.empty() || categories[column].empty();
            if (is_number == numbers && each.value > 0 && columns.size() < most_drawn_effects) columns.push_back(column);
        }
        return columns;
    }

    const std::vector<HeldOut>& held_out_;
    const std::vector<ColumnUnit>& all_units_;
    ImportanceSettings settings_;
    Progress progress_;
    std::vector<Measured> measured_;
};

}  // namespace

Json importance_json(const std::vector<HeldOut>& held_out, const std::vector<ColumnUnit>& units,
                     const ImportanceSettings& settings, Progress progress) {
    return Importance(held_out, units, settings, progress).json();
}

}  // namespace mml
