// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/index.hpp"
#include "base/json.hpp"
#include "base/supervisor.hpp"
#include "data/dataset.hpp"
#include "data/wanted_columns.hpp"
#include "ensemble/decision.hpp"
#include "ensemble/ensemble.hpp"
#include "model/column_spread.hpp"

namespace mml {

/// What a model calls its inputs and classes.
struct ModelNames {
    std::vector<std::string> inputs;   ///< "x0", "x1", ... where nobody named them
    bool named = false;                ///< whether somebody did
    std::vector<std::string> classes;  ///< empty for regression
    /// A model that was stored without any names, as the original's are: its inputs are the first columns of a table, which
    /// may have more, and its classes are only numbered.
    bool by_position = false;
    Categories categories = {};  ///< the levels of inputs that are categories (category_coding.hpp)
    /// Of each input the value from which its cells count, where float32 cannot hold those of the table; empty: all 0.
    std::vector<double> origins = {};
    /// How the inputs were spread in the training; empty: not known.
    ColumnSpreads spreads = {};
};

/// The weight of the samples behind a model, each at most largest_sample_weight.
struct SampleWeight {
    double own = 0;  ///< of those that its ensemble was trained on
    double all = 0;  ///< and of those behind its prior
};

/// More than 2^31 samples of the largest weight that a float32 holds.
constexpr double largest_sample_weight = 1e60;

/// How a model sees the rows of a table.
struct TableView {
    std::vector<std::int32_t> columns;  ///< of each input the table's column
    std::vector<CellChange> changes;    ///< of these columns, from the table's levels to the model's; empty: none
    std::span<const double> origins;    ///< of the model's inputs; empty: all 0
};

/// A few rows of a table, and how the models within each other see them, from the prior on. Without views a prior sees what
/// its model does.
struct EarlierRows {
    const SparseRows* table = nullptr;
    const SparseRows* remainders = nullptr;
    std::span<const TableView> views = {};
};
/// The rows of a data set from `first` to before `last`, for the models within a model that sees it by these views.
class TableBlock {
public:
    TableBlock(const Dataset& dataset, std::span<const TableView> views, std::int64_t first, std::int64_t last);
    EarlierRows earlier() const { return {&table_, &remainders_, views_}; }

private:
    std::span<const TableView> views_;
    SparseRows table_;
    SparseRows remainders_;
};

/// The same for the prior.
EarlierRows of_prior(EarlierRows earlier);

/// What predicts: a trained ensemble with the names of its columns and classes and a description. Never changes once
/// made, so any number of threads may use it; never holds a sample.
class Model {
public:
    /// A model whose samples were not there when this one was trained: `share` of each answer is its own, as it stands.
    struct Prior {
        std::shared_ptr<const Model> model;
        double share = 0;
    };

    /// Throws Error(bad_model) where the parts do not fit each other (invariants.hpp), Error(mismatch) where the prior's
    /// columns or classes are not among the model's.
    Model(Ensemble ensemble, ModelNames names, Prior prior, SampleWeight weight, Json description, Decision decision = {});

    Task task() const { return ensemble_.task(); }
    std::int64_t inputs() const { return std::ssize(names_.inputs); }
    /// Classes, or 1 for regression.
    std::int64_t outputs() const { return narrowed<std::int64_t>(ensemble_.outputs()); }
    const std::vector<std::string>& input_names() const { return names_.inputs; }
    bool named() const { return names_.named; }
    bool by_position() const { return names_.by_position; }
    const Categories& categories() const { return names_.categories; }
    const std::vector<double>& origins() const { return names_.origins; }
    const ColumnSpreads& spreads() const { return names_.spreads; }
    /// Counts of a data set's cells in the bins of spreads(). Columns are matched as predict() does.
    ColumnSpreads counted_like_training(const Dataset& dataset) const;
    /// What a file that is read for this model need not be guessed at.
    WantedColumns wanted_columns() const;
    const std::vector<std::string>& class_names() const { return names_.classes; }
    const ModelNames& names() const { return names_; }
    const Ensemble& ensemble() const { return ensemble_; }
    const Prior& prior() const { return prior_; }
    /// For each input of the prior the one of this model that it is; empty without a prior.
    const std::vector<std::int32_t>& prior_columns() const { return prior_columns_; }
    /// Mixes the prior's scores of the same rows into this ensemble's own.
    template <typename Number>
    void mix(std::span<const Number> prior_scores, std::span<Number> scores) const;
    /// How a class is chosen from what predict() writes.
    const Decision& decision() const { return decision_; }
    /// How it was trained, what each member scored, warnings; README.md of this folder lists the fields.
    const Json& description() const { return description_; }
    const SampleWeight& sample_weight() const { return weight_; }

    /// Calibrated probabilities or estimates, rows x outputs() in row-major order; `scores` must hold that many. Columns
    /// are matched as match_columns() tells. A row's scores are the same bits alone or among others, on any number of
    /// threads. One thread: no thread is started.
    void predict(const Dataset& dataset, int threads, std::span<float> scores) const;
    /// The same as double: what estimates need whose spread is small beside their size (1.7e9 ± 1), or beyond float32.
    void predict(const Dataset& dataset, int threads, std::span<double> scores) const;
    /// Bytes that a prediction takes at its peak with `bytes_of_score` for each score, the data set's own included.
    std::int64_t prediction_bytes(const Dataset& dataset, std::int64_t bytes_of_score) const;

    /// What each input column adds to each answer: rows x outputs() x (inputs() + 1) numbers, the last of each row the base;
    /// together they add up to the answer: the log-odds of a class's probability, or the estimate. src/ensemble/README.md
    /// tells the method. Columns are matched, and results do not depend on neighbours or threads, as with predict().
    void explain(const Dataset& dataset, const Progress& progress, std::span<double> out) const;

    /// The same model; one by position is called as the table with these columns and classes (empty: unknown) calls them.
    /// Its numbered classes are taken for the table's by name where one side's are all among the other's, else in their
    /// order. Throws Error(mismatch), which names `source`, where there are too few columns or another number of classes.
    Model named_after(const std::vector<std::string>& columns, bool named, const std::vector<std::string>& classes,
                      const std::string& source) const;

    /// For each input of the model the column of `dataset` that holds it: by name where both sides have names, else by
    /// position. Throws Error(mismatch) naming what is missing.
    std::vector<std::int32_t> match_columns(const Dataset& dataset) const;

    /// Turns the ensemble's own scores of these rows, which have the model's columns, into the model's: mixes in its
    /// prior's, where it has one.
    void mix_prior(const SparseRows& rows, const std::vector<std::int64_t>& chosen, std::span<float> scores) const;
    void mix_prior(const SparseRows& rows, const std::vector<std::int64_t>& chosen, std::span<double> scores) const;

    /// The same model with another description; its answers stay the same bits.
    Model described_by(Json description) const;

private:
    void add_origin_changes();
    SparseRows own_rows(const Dataset& dataset) const;
    std::vector<TableView> earlier_views(const Dataset& dataset) const;
    template <typename Number>
    void predict_as(const Dataset& dataset, int threads, std::span<Number> scores) const;
    template <typename Number>
    void score(const SparseRows& rows, std::int64_t first, std::int64_t last, std::span<Number> scores,
               EarlierRows earlier) const;
    template <typename Number>
    void mix_prior_as(const SparseRows& rows, const std::vector<std::int64_t>& chosen, std::span<Number> scores,
                      EarlierRows earlier) const;
    Contributions explained(const SparseRows& rows, std::int64_t first, std::int64_t last, EarlierRows earlier) const;
    void add_prior(Contributions& own, const Contributions& prior, std::size_t link) const;
    SparseRows prior_view(const SparseRows& rows, const std::vector<std::int64_t>& chosen, EarlierRows earlier) const;

    Ensemble ensemble_;
    ModelNames names_;
    Prior prior_;
    std::vector<std::int32_t> prior_columns_;  ///< of this model's inputs, those that are the prior's
    std::vector<CellChange> prior_changes_;    ///< of these columns, from this model's levels to the prior's; may be empty
    std::vector<std::int32_t> prior_classes_;  ///< of this model's classes, those that are the prior's
    SampleWeight weight_;
    Json description_;
    Decision decision_;
};

}  // namespace mml
