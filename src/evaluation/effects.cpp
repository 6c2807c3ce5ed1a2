// SPDX-License-Identifier: Apache-2.0
#include "evaluation/effects.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/index.hpp"
#include "base/text.hpp"
#include "evaluation/importance.hpp"

namespace mml {

namespace {

// Of one model; fewer where there are many columns.
constexpr std::size_t most_effect_rows = 300;
constexpr std::size_t most_effect_cells = 4'000'000;

// Different values, all of them or at even distances among them in order.
std::vector<float> steps_of(std::vector<float> values) {
    std::erase_if(values, [](float value) { return value != value; });
    std::ranges::sort(values);
    values.erase(std::unique(values.begin(), values.end()), values.end());
    if (values.size() <= most_effect_steps + 1) return values;
    std::vector<float> steps;
    for (std::size_t i = 0; i <= most_effect_steps; ++i)
        steps.push_back(values[i * (values.size() - 1) / most_effect_steps]);
    return steps;
}

// The effect of one column, summed over the rows of all models.
class Effect {
    // Between which ends a row's cell lies, and how far it has come from the lower one, 0 to 1.
    struct Place {
        std::size_t step = 0;
        double reached = 0;
    };

public:
    Effect(std::size_t column, std::vector<float> steps)
        : column_(column),
          steps_(std::move(steps)),
          changes_(steps_.size()),
          reached_(steps_.size()),
          weights_(steps_.size()) {}

    void add(const HeldOut& held_out, std::int32_t shown_class) {
        Dataset rows = selected(held_out.rows, evenly_chosen(held_out.rows, most_effect_rows));
        std::vector<Place> places;
        const SparseRows features = at_both_sides(rows.features, places);
        if (rows.remainders.rows() > 0) rows.remainders = doubled_remainders(rows);
        rows.features = features;
        rows.row_ids.clear();
        const std::vector<double> found = shown_answers(*held_out.model, rows, shown_class);
        for (std::size_t i = 0; i < places.size(); ++i) {
            const std::size_t step = places[i].step;
            changes_[step] += found[2 * i + 1] - found[2 * i];
            reached_[step] += places[i].reached;
            ++weights_[step];
        }
    }

    /// [value, effect] by rising value; the mean effect of the rows is 0.
    Json points() const {
        std::vector<double> heights(steps_.size());
        double mean = 0;
        for (std::size_t i = 1; i < steps_.size(); ++i) {
            const double change = weights_[i] > 0 ? changes_[i] / weights_[i] : 0;
            heights[i] = heights[i - 1] + change;
            mean += weights_[i] * heights[i - 1] + reached_[i] * change;
        }
        mean /= std::max(std::reduce(weights_.begin(), weights_.end()), 1.0);
        Json list = Json::array();
        for (std::size_t i = 0; i < steps_.size(); ++i)
            list.push_back(Json::array({steps_[i], rounded_for_drawing(heights[i] - mean)}));
        return list;
    }

private:
    // Each row with a cell twice: at the lower and the upper end of its step.
    SparseRows at_both_sides(const SparseRows& rows, std::vector<Place>& places) const {
        SparseRows made(rows.background());
        std::vector<float> cells(rows.background().size());
        for (std::int64_t i = 0; i < rows.rows(); ++i) {
            rows.expand_row(i, cells);
            const float cell = cells[column_];
            if (cell != cell) continue;
            const auto above = std::ranges::lower_bound(steps_.begin() + 1, steps_.end() - 1, cell);
            const auto step = as_size(above - steps_.begin());
            const double from = steps_[step - 1];
            places.push_back({step, std::clamp((cell - from) / (steps_[step] - from), 0.0, 1.0)});
            for (const std::size_t end : {step - 1, step}) {
                cells[column_] = steps_[end];
                made.append_dense_row(cells);
            }
        }
        return made;
    }

    // The same rows of what float32 rounds off, which is nothing in the column itself.
    SparseRows doubled_remainders(const Dataset& rows) const {
        SparseRows made(rows.remainders.background());
        std::vector<float> cells(rows.features.background().size());
        for (std::int64_t i = 0; i < rows.rows(); ++i) {
            rows.features.expand_row(i, cells);
            const float cell = cells[column_];
            if (cell != cell) continue;
            rows.remainders.expand_row(i, cells);
            cells[column_] = 0;
            made.append_dense_row(cells);
            made.append_dense_row(cells);
        }
        return made;
    }

    std::size_t column_;
    std::vector<float> steps_;
    std::vector<double> changes_;  // of each step but the first, summed
    std::vector<double> reached_;
    std::vector<double> weights_;
};

}  // namespace

std::vector<std::int64_t> evenly_chosen(const Dataset& rows, std::size_t most) {
    const auto columns = as_size(std::max<std::int64_t>(rows.columns(), 1));
    most = std::clamp<std::size_t>(most_effect_cells / columns, 1, most);
    std::vector<std::int64_t> chosen(std::min(as_size(rows.rows()), most));
    const double distance = static_cast<double>(rows.rows()) / static_cast<double>(chosen.size());
    for (std::size_t i = 0; i < chosen.size(); ++i) chosen[i] = static_cast<std::int64_t>(static_cast<double>(i) * distance);
    return chosen;
}

std::vector<double> shown_answers(const Model& model, const Dataset& rows, std::int32_t shown_class) {
    const auto width = as_size(model.outputs());
    const std::size_t place = model.task() == Task::regression ? 0 : as_size(shown_class);
    std::vector<double> scores(as_size(rows.rows()) * width);
    model.predict(rows, 1, std::span(scores));
    std::vector<double> chosen;
    for (std::size_t i = place; i < scores.size(); i += width) chosen.push_back(scores[i]);
    return chosen;
}

std::vector<float> held_out_cells(const std::vector<HeldOut>& held_out, std::size_t column) {
    std::vector<float> cells;
    for (const HeldOut& each : held_out) {
        const std::vector<std::int32_t> source{narrowed<std::int32_t>(column)};
        const SparseRows rows = rearranged(each.rows.features, source);
        std::vector<float> cell(1);
        for (std::int64_t i = 0; i < rows.rows(); ++i) {
            rows.expand_row(i, cell);
            cells.push_back(cell.front());
        }
    }
    return cells;
}

double rounded_for_drawing(double value) { return std::round(value * 1e6) / 1e6; }

Json effects_json(const std::vector<HeldOut>& held_out, const std::vector<std::size_t>& columns, std::int32_t shown_class,
                  Progress progress) {
    if (columns.empty()) progress.advance(1);
    std::vector<Json> drawn(columns.size());
    progress.supervisor().run(narrowed<int>(columns.size()), [&](int number) {
        progress.supervisor().check();
        const std::size_t column = item(columns, number);
        const std::vector<float> steps = steps_of(held_out_cells(held_out, column));
        progress.advance(1 / static_cast<double>(columns.size()));
        if (steps.size() < 2) return;
        Effect effect(column, steps);
        for (const HeldOut& each : held_out) effect.add(each, shown_class);
        item(drawn, number) = {{"name", valid_utf8(held_out.front().rows.column_names[column])},
                               {"points", effect.points()}};
    });
    const Model& model = *held_out.front().model;
    Json list = Json::array();
    for (Json& each : drawn) {
        if (each.is_object()) list.push_back(std::move(each));
    }
    const std::vector<std::string>& names = model.class_names();
    return {{"class", names.empty() ? Json(nullptr) : Json(item(names, shown_class))}, {"columns", std::move(list)}};
}

}  // namespace mml
