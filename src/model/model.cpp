// SPDX-License-Identifier: Apache-2.0
#include "model/model.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_set>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/supervisor.hpp"
#include "base/text.hpp"
#include "config/memory_limit.hpp"
#include "data/remainders.hpp"
#include "model/category_coding.hpp"
#include "model/column_match.hpp"
#include "model/invariants.hpp"

namespace mml {

namespace {

constexpr std::int64_t rows_a_block = 64;
constexpr std::int64_t rows_a_task = 2048;

std::vector<std::string> classes_after(const std::vector<std::string>& numbered, const std::vector<std::string>& classes,
                                       const std::string& source) {
    if (all_among(numbered, classes) || all_among(classes, numbered)) return numbered;
    if (numbered.size() != classes.size()) {
        fail(Status::mismatch, concat(source, " has ", classes.size(), " classes, but the model has ", numbered.size(),
                                      ": it was trained on another target"));
    }
    std::vector<std::string> names(classes.size());
    std::ranges::transform(classes, names.begin(), valid_utf8);
    return names;
}

std::vector<std::int64_t> row_numbers(std::int64_t first, std::int64_t last) {
    std::vector<std::int64_t> all(as_size(last - first));
    std::iota(all.begin(), all.end(), first);
    return all;
}

// The levels that a prior, whose inputs are these columns, or one within it knows.
void add_known_levels(Categories& categories, const Model& prior, const std::vector<std::int32_t>& columns) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto column = as_size(columns[i]);
        if (!has_levels(categories, column) || !has_levels(prior.categories(), i)) continue;
        std::unordered_set<std::string> known(categories[column].begin(), categories[column].end());
        for (const std::string& level : prior.categories()[i]) {
            if (known.insert(level).second) categories[column].push_back(level);
        }
    }
    if (!prior.prior().model) return;
    std::vector<std::int32_t> next;
    for (const std::int32_t column : prior.prior_columns()) next.push_back(item(columns, column));
    add_known_levels(categories, *prior.prior().model, next);
}

}  // namespace

SparseRows rearranged_rows(const SparseRows& remainders, std::span<const std::int32_t> source) {
    return remainders.rows() == 0 ? SparseRows() : rearranged(remainders, source);
}

TableBlock::TableBlock(const Dataset& dataset, std::span<const TableView> views, std::int64_t first, std::int64_t last)
    : views_(views) {
    if (views.empty()) return;
    const std::vector<std::int64_t> chosen = row_numbers(first, last);
    table_ = selected(dataset.features, chosen);
    if (dataset.remainders.rows() > 0) remainders_ = selected(dataset.remainders, chosen);
}

EarlierRows of_prior(EarlierRows earlier) {
    if (!earlier.views.empty()) earlier.views = earlier.views.subspan(1);
    return earlier;
}

Model::Model(Ensemble ensemble, ModelNames names, Prior prior, SampleWeight weight, Json description, Decision decision)
    : ensemble_(std::move(ensemble)),
      names_(std::move(names)),
      prior_(std::move(prior)),
      weight_(weight),
      description_(std::move(description)),
      decision_(std::move(decision)) {
    check_invariants(*this);
    if (!prior_.model) return;
    const Model& model = *prior_.model;
    prior_columns_ =
        match_column_names({model.names_.inputs, model.names_.named, "the prior model", "", model.names_.by_position},
                           {names_.inputs, names_.named, "the data set", ""});
    if (!model.categories().empty()) {
        prior_changes_ = level_changes_of_models(model.categories(), rearranged(names_.categories, prior_columns_),
                                                 prior_columns_.size());
    }
    add_origin_changes();
    prior_classes_ = match_class_names(model.names_.classes, names_.classes);
}

// From this model's origins to the prior's.
void Model::add_origin_changes() {
    const std::vector<double>& theirs = prior_.model->origins();
    if (names_.origins.empty() && theirs.empty()) return;
    prior_changes_.resize(prior_columns_.size());
    for (std::size_t i = 0; i < prior_columns_.size(); ++i) {
        const auto column = as_size(prior_columns_[i]);
        const double change = (names_.origins.empty() ? 0 : names_.origins[column]) - (theirs.empty() ? 0 : theirs[i]);
        if (change == 0) continue;
        prior_changes_[i] = [change](float cell) { return counted_from(cell, -change); };
    }
}

Model Model::named_after(const std::vector<std::string>& columns, bool named, const std::vector<std::string>& classes,
                         const std::string& source) const {
    if (!by_position()) return *this;
    match_column_names({names_.inputs, false, "the model", "", true}, {columns, named, source, ""});
    ModelNames names = names_;
    if (!classes.empty()) names.classes = classes_after(names_.classes, classes, source);
    if (named) {
        for (std::size_t i = 0; i < names.inputs.size(); ++i) names.inputs[i] = valid_utf8(columns[i]);
        names.named = true;
        names.by_position = false;
    }
    return {ensemble_, std::move(names), prior_, weight_, description_, decision_};
}

std::vector<std::int32_t> Model::match_columns(const Dataset& dataset) const {
    return match_column_names({names_.inputs, names_.named, "the model", "", names_.by_position},
                              {dataset.column_names, dataset.named, dataset.source, dataset.id_column_name});
}

// The data set's cells in this model's columns and levels.
SparseRows Model::own_rows(const Dataset& dataset) const {
    const std::vector<std::int32_t> source = match_columns(dataset);
    SparseRows rows = rearranged(dataset.features, source);
    if (!names_.origins.empty()) rows = counted_from(rows, rearranged_rows(dataset.remainders, source), names_.origins);
    if (names_.categories.empty() && dataset.categories.empty()) return rows;
    const Categories table = rearranged(dataset.categories, source);
    if (names_.categories.empty() && table.empty()) return rows;
    return changed(rows, level_changes(names_.categories, table, names_.inputs, dataset.source));
}

// How the models within this one see the data set, the prior first; nothing where none of them has categories. Not through
// the columns of this model: a level that its own samples lack is none of its levels, but may be the prior's.
std::vector<TableView> Model::earlier_views(const Dataset& dataset) const {
    std::vector<TableView> views;
    bool any = !dataset.categories.empty();
    std::vector<std::int32_t> source = prior_.model ? match_columns(dataset) : std::vector<std::int32_t>();
    for (const Model* model = this; model->prior_.model; model = model->prior_.model.get()) {
        const Model& prior = *model->prior_.model;
        std::vector<std::int32_t> columns;
        for (const std::int32_t column : model->prior_columns_) columns.push_back(item(source, column));
        source = std::move(columns);
        any = any || !prior.categories().empty() || !prior.origins().empty() || !origins().empty();
        views.push_back({source,
                         level_changes_of_earlier(prior.categories(), rearranged(dataset.categories, source), source.size()),
                         prior.origins()});
    }
    return any ? views : std::vector<TableView>();
}

ColumnSpreads Model::counted_like_training(const Dataset& dataset) const {
    return counted_like(names_.spreads, own_rows(dataset));
}

WantedColumns Model::wanted_columns() const {
    WantedColumns wanted{{}, {}, task(), names_.classes, {}};
    if (names_.named) wanted.names = names_.inputs;
    if (names_.named) wanted.categories = names_.categories;
    if (names_.named && prior_.model) add_known_levels(wanted.categories, *prior_.model, prior_columns_);
    const Json* const target = description_.find("target");
    if (target != nullptr && target->is_string()) wanted.target = target->get<std::string>();
    return wanted;
}

void Model::predict(const Dataset& dataset, int threads, std::span<float> scores) const {
    predict_as(dataset, threads, scores);
}

void Model::predict(const Dataset& dataset, int threads, std::span<double> scores) const {
    predict_as(dataset, threads, scores);
}

std::int64_t Model::prediction_bytes(const Dataset& dataset, std::int64_t bytes_of_score) const {
    std::vector<std::int32_t> identity(as_size(dataset.columns()));
    std::iota(identity.begin(), identity.end(), 0);
    const bool has_levels = !names_.categories.empty() || !dataset.categories.empty();
    const bool copies_cells = has_levels || !names_.origins.empty() || match_columns(dataset) != identity;
    return dataset.features.bytes() * (copies_cells ? 2 : 1) + bytes_of_table(dataset.rows(), outputs(), bytes_of_score);
}

template <typename Number>
void Model::predict_as(const Dataset& dataset, int threads, std::span<Number> scores) const {
    const SparseRows rows = own_rows(dataset);
    const std::vector<TableView> views = earlier_views(dataset);
    const std::int64_t count = rows.rows();
    const auto score_task = [&](std::int64_t task) {
        const std::int64_t end = std::min(count, (task + 1) * rows_a_task);
        for (std::int64_t first = task * rows_a_task; first < end; first += rows_a_block) {
            const std::int64_t last = std::min(end, first + rows_a_block);
            const auto width = as_size(outputs());
            const TableBlock block(dataset, views, first, last);
            score(rows, first, last, scores.subspan(as_size(first) * width, as_size(last - first) * width), block.earlier());
        }
    };
    const auto tasks = static_cast<int>((count + rows_a_task - 1) / rows_a_task);
    if (threads <= 1 || tasks <= 1) {
        for (int task = 0; task < tasks; ++task) score_task(task);
    } else {
        Supervisor supervisor({threads, 0, {}});
        supervisor.run(tasks, score_task);
    }
}

template <typename Number>
void Model::score(const SparseRows& rows, std::int64_t first, std::int64_t last, std::span<Number> scores,
                  EarlierRows earlier) const {
    ensemble_.score(rows, first, last, scores);
    if (prior_.model) mix_prior_as(rows, row_numbers(first, last), scores, earlier);
}

// The rows as the prior sees them.
SparseRows Model::prior_view(const SparseRows& rows, const std::vector<std::int64_t>& chosen, EarlierRows earlier) const {
    if (!earlier.views.empty()) {
        const TableView& view = earlier.views.front();
        SparseRows seen = rearranged(*earlier.table, view.columns);
        if (!view.origins.empty())
            seen = counted_from(seen, rearranged_rows(*earlier.remainders, view.columns), view.origins);
        return view.changes.empty() ? seen : changed(seen, view.changes);
    }
    SparseRows seen = rearranged(selected(rows, chosen), prior_columns_);
    return prior_changes_.empty() ? seen : changed(seen, prior_changes_);
}

void Model::mix_prior(const SparseRows& rows, const std::vector<std::int64_t>& chosen, std::span<float> scores) const {
    if (prior_.model) mix_prior_as(rows, chosen, scores, {});
}

void Model::mix_prior(const SparseRows& rows, const std::vector<std::int64_t>& chosen, std::span<double> scores) const {
    if (prior_.model) mix_prior_as(rows, chosen, scores, {});
}

Model Model::described_by(Json description) const {
    return {ensemble_, names_, prior_, weight_, std::move(description), decision_};
}

template <typename Number>
void Model::mix_prior_as(const SparseRows& rows, const std::vector<std::int64_t>& chosen, std::span<Number> scores,
                         EarlierRows earlier) const {
    const SparseRows seen = prior_view(rows, chosen, earlier);
    const Model& model = *prior_.model;
    std::vector<Number> prior_scores(chosen.size() * as_size(model.outputs()));
    model.score(seen, 0, seen.rows(), std::span(prior_scores), of_prior(earlier));
    mix(std::span<const Number>(prior_scores), scores);
}

template <typename Number>
void Model::mix(std::span<const Number> prior_scores, std::span<Number> scores) const {
    const auto width = as_size(outputs());
    const auto prior_width = as_size(prior_.model->outputs());
    const auto share = static_cast<Number>(prior_.share);
    for (std::size_t row = 0; row < prior_scores.size() / prior_width; ++row) {
        const auto mixed = scores.subspan(row * width, width);
        for (Number& score : mixed) score *= 1 - share;
        for (std::size_t k = 0; k < prior_width; ++k) {
            const std::size_t place = prior_classes_.empty() ? 0 : as_size(prior_classes_[k]);
            mixed[place] += share * prior_scores[row * prior_width + k];
        }
    }
}

template void Model::mix(std::span<const float>, std::span<float>) const;
template void Model::mix(std::span<const double>, std::span<double>) const;

}  // namespace mml
