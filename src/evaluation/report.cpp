// SPDX-License-Identifier: Apache-2.0
#include "evaluation/report.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <optional>
#include <span>
#include <utility>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/text.hpp"
#include "config/memory_limit.hpp"
#include "data/remainders.hpp"
#include "data/samples.hpp"
#include "evaluation/data_quality.hpp"
#include "evaluation/flagging.hpp"
#include "evaluation/group_rating.hpp"
#include "evaluation/importance.hpp"
#include "evaluation/rated_rows.hpp"
#include "evaluation/rating.hpp"
#include "evaluation/report_json.hpp"
#include "evaluation/splitter.hpp"
#include "model/drift.hpp"
#include "model/train_model.hpp"

namespace mml {

namespace {

// Of an iteration's work; the rest is training.
constexpr double rating_share = 0.03;
// Of a whole evaluation.
constexpr double importance_share = 0.05;

class Stopwatch {
public:
    double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

void require_samples(const Dataset& dataset) {
    if (!dataset.target) {
        fail(Status::invalid_argument, concat(dataset.source, ": no target is known, but rating needs labelled samples"));
    }
    if (dataset.rows() == 0) fail(Status::not_enough_data, concat(dataset.source, ": no sample to rate"));
    const bool weightless = std::ranges::all_of(dataset.weights, [](float weight) { return weight <= 0; });
    if (!dataset.weights.empty() && weightless) {
        fail(Status::not_enough_data, concat(dataset.source, ": every sample has weight 0, so there is none to rate"));
    }
    require_groups(dataset);
}

// The classes that a model decides for, one a row.
std::vector<std::int32_t> decided(const Model& model, std::span<const float> predictions) {
    std::vector<std::int32_t> classes;
    const auto width = as_size(model.outputs());
    classes.reserve(predictions.size() / width);
    for (std::size_t start = 0; start < predictions.size(); start += width) {
        classes.push_back(model.decision().decide(predictions.subspan(start, width)));
    }
    return classes;
}

// Rows whose target is known.
struct Known {
    Target target;
    std::span<const float> weights;
};

// Times that a score is in memory: the prediction, the baseline beside it, and where the rows are pooled.
constexpr std::int64_t copies_of_score = 3;

// Orders, answers and thresholds of the metrics: measured on 150,000 rows.
constexpr std::int64_t bytes_of_rated_row = 96;

void check_memory(const Model& model, const Dataset& dataset, const Config& config) {
    const std::int64_t score = model.task() == Task::regression ? sizeof(double) : sizeof(float);
    MemoryLimit(config).require(
        model.prediction_bytes(dataset, copies_of_score * score) + bytes_of_table(dataset.rows(), 1, bytes_of_rated_row),
        concat("rating the ", dataset.rows(), " rows of ", dataset.source), "or give fewer rows");
}

template <typename Number>
std::vector<Number> predicted(const Model& model, const Dataset& dataset, int threads) {
    std::vector<Number> scores(as_size(dataset.rows() * model.outputs()));
    model.predict(dataset, threads, std::span(scores));
    return scores;
}

Rating rate_classes(const Model& model, const Dataset& dataset, const Target& target, const Known& known, int threads,
                    RatedRows& pool) {
    const auto predictions = predicted<float>(model, dataset, threads);
    const std::vector<std::int32_t> answers = decided(model, predictions);
    pool.add(target, dataset.weights, predictions, answers);
    return rate(target, dataset.weights, predictions, constant_prediction(known.target, known.weights), answers);
}

Rating rate_estimates(const Model& model, const Dataset& dataset, const Target& target, const Known& known, int threads,
                      RatedRows& pool) {
    const auto estimates = predicted<double>(model, dataset, threads);
    pool.add(target, dataset.weights, estimates);
    return rate(target, dataset.weights, estimates, constant_estimate(known.target, known.weights));
}

// `known`: whose constant prediction is the one to compare with, with the model's classes in its order. The rows join
// `pool`.
Rating rate_model(const Model& model, const Dataset& dataset, const Target& target, const Known& known, const Config& config,
                  RatedRows& pool, Progress progress) {
    Supervisor& supervisor = progress.supervisor();
    supervisor.enter(Phase::evaluating);
    supervisor.poll();
    supervisor.check();
    check_memory(model, dataset, config);
    const auto rate_rows = model.task() == Task::regression ? rate_estimates : rate_classes;
    Rating rating = rate_rows(model, dataset, target, known, config.threads(), pool);
    if (dataset.groups) pool.add_groups(dataset.groups->of_row);
    progress.advance(1);
    return rating;
}

// What the report tells beside the ratings.
void add_details(Findings& findings, const Dataset& dataset, const Target& target, const Config& config,
                 Supervisor& supervisor) {
    if (findings.ratings.size() == 1) {
        findings.intervals = bootstrap_intervals(findings.rows, config.integer<std::uint64_t>(OptionId::seed), supervisor);
    }
    findings.data = data_quality_json(dataset, target);
    findings.settings = settings_json(config, findings.kind == "cross_validation");
}

GroupFindings group_findings(const Dataset& dataset, const Target& target, const Config& config) {
    const auto seed = config.integer<std::uint64_t>(OptionId::seed);
    return {&*dataset.groups, class_to_find(target, dataset.weights), {}, 0, seed};
}

// Which columns the answers of the models rest on; null where that is not asked for, or no time is left.
Json importance_of(const Findings& findings, const std::vector<HeldOut>& held_out, const Dataset& dataset,
                   const Config& config, const ColumnFamily& family, Progress progress) {
    ImportanceSettings settings;
    settings.units = config.integer(OptionId::importance_columns);
    const bool too_late = config.number(OptionId::time_limit) > 0 && progress.supervisor().time_is_up();
    if (settings.units == 0 || held_out.empty() || too_late) {
        progress.advance(1);
        return nullptr;
    }
    settings.seed = config.integer<std::uint64_t>(OptionId::seed);
    settings.test_to_training = test_to_training(findings.ratings);
    settings.shown_class = class_to_find(findings.rows).value_or(0);
    const HeldOut& first = held_out.front();
    const SparseRows features = features_told_apart(dataset);
    const std::vector<ColumnUnit> units =
        column_units(dataset, Columns(features), first.model->match_columns(first.rows), family);
    return importance_json(held_out, units, settings, progress);
}

Json members_of(const Model& model) {
    const Json* const ensemble = model.description().find("ensemble");
    return ensemble == nullptr ? Json::object() : *ensemble;
}

void add_warnings_of(const Model& model, std::vector<std::string>& warnings) {
    const Json* const found = model.description().find("warnings");
    if (found == nullptr) return;
    for (const auto& warning : *found) add_warning(warnings, warning.get<std::string>());
}

// What came of one iteration.
struct Outcome {
    std::string lack;                ///< why the split cannot be rated; empty: it can
    bool cut_short = false;          ///< the time limit came before the end of its training
    std::exception_ptr out_of_time;  ///< the time limit came before there was a model
    std::optional<Rating> rating;
    RatedRows rows;
    Training training;  ///< the curves; the model goes once its warnings are read
    std::vector<std::string> warnings;
    Json members;
    std::optional<Decision> decision;
    bool is_measured = false;  ///< whether importance is measured with it
    std::optional<HeldOut> held_out;
};

class CrossValidation {
public:
    CrossValidation(const Dataset& dataset, const Config& config, Progress progress, RareClasses rare_classes,
                    const ColumnFamily& family)
        : dataset_(dataset),
          config_(config),
          progress_(progress),
          splitter_(dataset, config, rare_classes),
          family_(family) {}

    Report run();

private:
    std::vector<Outcome> iterate() const;
    void train_and_rate(const Split& split, Progress progress, Outcome& outcome) const;
    void rate_rows(const Dataset& training_rows, const Split& split, Progress progress, Outcome& outcome) const;
    void collect(std::vector<Outcome> outcomes);
    void add_rated(Outcome& outcome);
    void conclude();

    const Dataset& dataset_;
    const Config& config_;
    Progress progress_;
    Splitter splitter_;
    const ColumnFamily& family_;
    int left_out_ = 0;
    std::string lack_;  // of the last split that was left out
    Findings findings_;
    std::vector<HeldOut> held_out_;
    std::optional<GroupFindings> groups_;
};

Report CrossValidation::run() {
    findings_.kind = "cross_validation";
    findings_.options = splitter_.options();
    findings_.warnings = dataset_.notes;
    warn_of_imbalance(*dataset_.target, dataset_.weights, findings_.warnings);
    for (const std::string& note : splitter_.notes()) add_warning(findings_.warnings, note);
    if (dataset_.groups) groups_ = group_findings(dataset_, *dataset_.target, config_);
    collect(iterate());
    conclude();
    add_details(findings_, dataset_, *dataset_.target, config_, progress_.supervisor());
    if (groups_) {
        groups_->test_to_training = test_to_training(findings_.ratings);
        findings_.groups = groups_json(*groups_, findings_.rows, progress_.supervisor());
    }
    findings_.importance = importance_of(findings_, held_out_, dataset_, config_, family_, progress_.part(importance_share));
    Report report = make_report(dataset_, *dataset_.target, findings_);
    report.trainings = std::move(findings_.trainings);
    return report;
}

// Iterations side by side use the threads better than threads inside one do, but take the memory of several: under a limit
// they come one after the other. Either way what each of them gives is the same.
std::vector<Outcome> CrossValidation::iterate() const {
    const int iterations = splitter_.iterations();
    std::vector<Outcome> outcomes(as_size(iterations));
    std::atomic<bool> begun{false};
    const auto work = [&](int iteration) {
        Outcome& outcome = item(outcomes, iteration);
        outcome.is_measured =
            config_.integer(OptionId::importance_columns) > 0 && std::cmp_less(iteration, most_measured_models);
        const Progress progress = progress_.part((1 - importance_share) / iterations);
        const Split split = splitter_.split(iteration);
        outcome.lack = splitter_.lack(split).value_or("");
        // However short the time, one iteration is begun, for a report cannot be empty.
        const bool too_late = outcome.lack.empty() && begun.exchange(true) && progress.supervisor().time_is_up();
        if (outcome.lack.empty() && !too_late) {
            train_and_rate(split, progress, outcome);
        } else {
            progress.advance(1);
        }
    };
    const bool side_by_side = iterations >= config_.threads() && config_.integer(OptionId::memory_limit) == 0;
    if (side_by_side) {
        progress_.supervisor().run(iterations, work);
    } else {
        for (int iteration = 0; iteration < iterations; ++iteration) work(iteration);
    }
    return outcomes;
}

void CrossValidation::train_and_rate(const Split& split, Progress progress, Outcome& outcome) const {
    const Stopwatch stopwatch;
    const Dataset training_rows = selected(dataset_, split.train);
    try {
        outcome.training = train_model(merge_rows(training_rows, config_.keeps_groups_whole()), config_, nullptr,
                                       progress.part(1 - rating_share));
    } catch (const Error& error) {
        if (error.status() != Status::limit || !progress.supervisor().was_cut_short()) throw;
        outcome.out_of_time = std::current_exception();
        return;
    }
    outcome.cut_short = progress.supervisor().was_cut_short();
    rate_rows(training_rows, split, progress.part(rating_share), outcome);
    outcome.rating->seconds = stopwatch.seconds();
}

void CrossValidation::rate_rows(const Dataset& training_rows, const Split& split, Progress progress,
                                Outcome& outcome) const {
    const Model& model = *outcome.training.model;
    Dataset test_rows = selected(dataset_, split.test);
    const Known known{with_classes(training_rows, model.class_names()), training_rows.weights};
    const Target target = with_classes(test_rows, model.class_names());
    outcome.rating = rate_model(model, test_rows, target, known, config_, outcome.rows, progress);
    outcome.rating->training_rows = training_rows.rows();
    add_warnings_of(model, outcome.warnings);
    outcome.members = members_of(model);
    if (model.task() == Task::classification) outcome.decision = model.decision();
    test_rows.target = target;
    if (outcome.is_measured) outcome.held_out = {outcome.training.model, std::move(test_rows)};
    outcome.training.model.reset();
}

// A model that the time limit left half trained would spoil the mean of those that are whole; it counts where there is none.
void CrossValidation::collect(std::vector<Outcome> outcomes) {
    for (Outcome& outcome : outcomes) {
        left_out_ += outcome.lack.empty() ? 0 : 1;
        if (!outcome.lack.empty()) lack_ = outcome.lack;
        if (outcome.rating && !outcome.cut_short) add_rated(outcome);
    }
    if (!findings_.ratings.empty()) return;
    const auto half_trained = std::ranges::find_if(outcomes, [](const Outcome& o) { return o.rating.has_value(); });
    if (half_trained != outcomes.end()) return add_rated(*half_trained);
    for (const Outcome& outcome : outcomes) {
        if (outcome.out_of_time) std::rethrow_exception(outcome.out_of_time);
    }
}

void CrossValidation::add_rated(Outcome& outcome) {
    for (const std::string& warning : outcome.warnings) add_warning(findings_.warnings, warning);
    const RatedRows& rows = outcome.rows;
    if (rows.target.task == Task::regression) {
        findings_.rows.add(rows.target, rows.weights, rows.estimates);
    } else {
        findings_.rows.add(rows.target, rows.weights, rows.predictions, rows.answers);
    }
    if (groups_) {
        findings_.rows.add_groups(rows.groups);
        groups_->by_iteration.push_back(measured_groups(rows, groups_->groups->names.size(), groups_->positive));
    }
    findings_.ratings.push_back(std::move(*outcome.rating));
    findings_.models.push_back(std::move(outcome.members));
    if (outcome.decision) findings_.decisions.push_back(std::move(*outcome.decision));
    if (outcome.held_out) held_out_.push_back(std::move(*outcome.held_out));
    findings_.trainings.push_back({nullptr, std::move(outcome.training.curves)});
}

// Tells what is missing from the report.
void CrossValidation::conclude() {
    const int iterations = splitter_.iterations();
    const auto rated = narrowed<int>(findings_.ratings.size());
    if (rated == 0) {
        fail(Status::not_enough_data,
             concat(dataset_.source, ": cannot cross-validate, as the training or the test samples of each of the ",
                    iterations, " splits lack ", lack_, ": provide more samples"));
    }
    if (left_out_ > 0) {
        add_warning(findings_.warnings,
                    concat(left_out_, " of ", left_out_ + rated,
                           " splits were left out, as their training or test samples lack ", lack_, "."));
    }
    if (rated + left_out_ < iterations) {
        add_warning(findings_.warnings,
                    concat("The time limit ended the cross-validation after ", rated, " of ", iterations, " iterations."));
    }
}

}  // namespace

Report evaluate(const Model& model, const Dataset& dataset, const Config& config, Progress progress,
                const ColumnFamily& family) {
    const Stopwatch stopwatch;
    require_samples(dataset);
    if (dataset.target->task != model.task()) {
        const bool classes = model.task() == Task::classification;
        fail(Status::mismatch, concat(dataset.source, ": its target is ", classes ? "a number" : "a class",
                                      ", but the model predicts ", classes ? "classes" : "numbers"));
    }
    const auto& classes = dataset.target->class_names;
    const Model named = model.named_after(dataset.column_names, dataset.named, classes, dataset.source);
    const Target target = with_classes(dataset, named.class_names());
    Findings findings;
    findings.kind = "evaluation";
    findings.warnings = dataset.notes;
    warn_of_imbalance(target, dataset.weights, findings.warnings);
    findings.ratings.push_back(rate_model(named, dataset, target, {target, dataset.weights}, config, findings.rows,
                                          progress.part(1 - importance_share)));
    findings.ratings.front().seconds = stopwatch.seconds();
    findings.models.push_back(members_of(named));
    if (named.task() == Task::classification) findings.decisions.push_back(named.decision());
    add_details(findings, dataset, target, config, progress.supervisor());
    findings.drift = drift_json(named, dataset, config.number(OptionId::drift_limit));
    for (const std::string& warning : drift_warnings(findings.drift)) add_warning(findings.warnings, warning);
    if (dataset.groups) {
        GroupFindings groups = group_findings(dataset, target, config);
        groups.by_iteration = {measured_groups(findings.rows, groups.groups->names.size(), groups.positive)};
        findings.groups = groups_json(groups, findings.rows, progress.supervisor());
    }
    std::vector<HeldOut> held_out{{std::make_shared<const Model>(named), dataset}};
    held_out.front().rows.target = target;
    findings.importance = importance_of(findings, held_out, dataset, config, family, progress.part(importance_share));
    return make_report(dataset, target, findings);
}

Report cross_validate(const Dataset& dataset, const Config& config, Progress progress, RareClasses rare_classes,
                      const ColumnFamily& family) {
    require_samples(dataset);
    return CrossValidation(dataset, config, progress, rare_classes, family).run();
}

}  // namespace mml
