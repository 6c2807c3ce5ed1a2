// SPDX-License-Identifier: Apache-2.0
#include "evaluation/report.hpp"

#include <algorithm>
#include <chrono>
#include <span>

#include "base/error.hpp"
#include "base/text.hpp"
#include "data/samples.hpp"
#include "evaluation/data_quality.hpp"
#include "evaluation/rated_rows.hpp"
#include "evaluation/rating.hpp"
#include "evaluation/report_json.hpp"
#include "evaluation/splitter.hpp"

namespace mml {

namespace {

// Of an iteration's work; the rest is training.
constexpr double rating_share = 0.03;

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
}

// `baseline` is the constant prediction to compare with, in the order of the target's classes, which are the model's.
// The rows join `pool`.
Rating rate_model(const Model& model, const Dataset& dataset, const Target& target, std::span<const float> baseline,
                  const Config& config, RatedRows& pool, Share share) {
    Supervisor& supervisor = share.supervisor();
    supervisor.enter(Phase::evaluating);
    supervisor.poll();
    supervisor.check();
    std::vector<float> predictions(static_cast<std::size_t>(dataset.rows() * model.outputs()));
    model.predict(dataset, config.threads(), predictions);
    Rating rating = rate(target, dataset.weights, predictions, baseline);
    pool.add(target, dataset.weights, predictions);
    share.advance(1);
    return rating;
}

// What the report tells beside the ratings.
void add_details(Findings& findings, const Dataset& dataset, const Target& target, const Config& config,
                 Supervisor& supervisor) {
    if (findings.ratings.size() == 1) {
        findings.intervals =
            bootstrap_intervals(findings.rows, static_cast<std::uint64_t>(config.integer(OptionId::seed)), supervisor);
    }
    findings.data = data_quality_json(dataset, target);
    findings.settings = settings_json(config, findings.kind == "cross_validation");
}

void add_warnings_of(const Model& model, std::vector<std::string>& warnings) {
    const auto found = model.description().find("warnings");
    if (found == model.description().end()) return;
    for (const auto& warning : *found) add_warning(warnings, warning.get<std::string>());
}

class CrossValidation {
public:
    CrossValidation(const Dataset& dataset, const Config& config, Share share)
        : dataset_(dataset), config_(config), share_(share), splitter_(dataset, config) {}

    Report run();

private:
    bool goes_on() const;
    void iterate(int iteration);
    void train_and_rate(const Split& split, Share share);
    Training train(const Dataset& training_rows, Share share) const;
    void conclude();

    const Dataset& dataset_;
    const Config& config_;
    Share share_;
    Splitter splitter_;
    int left_out_ = 0;
    std::string lack_;  // of the last split that was left out
    Findings findings_;
};

Report CrossValidation::run() {
    findings_.kind = "cross_validation";
    findings_.options = splitter_.options();
    findings_.warnings = dataset_.notes;
    warn_of_imbalance(*dataset_.target, dataset_.weights, findings_.warnings);
    for (int iteration = 0; iteration < splitter_.iterations() && goes_on(); ++iteration) iterate(iteration);
    conclude();
    add_details(findings_, dataset_, *dataset_.target, config_, share_.supervisor());
    Report report = make_report(dataset_, *dataset_.target, findings_);
    report.trainings = std::move(findings_.trainings);
    return report;
}

// However short the time, one iteration is rated, for a report cannot be empty.
bool CrossValidation::goes_on() const { return findings_.ratings.empty() || !share_.supervisor().time_is_up(); }

void CrossValidation::iterate(int iteration) {
    const Share share = share_.part(1.0 / splitter_.iterations());
    const Split split = splitter_.split(iteration);
    if (const auto lack = splitter_.lack(split)) {
        lack_ = *lack;
        ++left_out_;
        share.advance(1);
        return;
    }
    train_and_rate(split, share);
}

void CrossValidation::train_and_rate(const Split& split, Share share) {
    const Stopwatch stopwatch;
    const Dataset training_rows = selected(dataset_, split.train);
    Training training = train(training_rows, share.part(1 - rating_share));
    // A model that the time limit left half trained would spoil the mean of those that are whole.
    const bool spoils = share.supervisor().was_cut_short() && !findings_.ratings.empty();
    if (training.model == nullptr || spoils) return;
    const Model& model = *training.model;
    const Dataset test_rows = selected(dataset_, split.test);
    const auto baseline = constant_prediction(with_classes(training_rows, model.class_names()), training_rows.weights);
    Rating rating = rate_model(model, test_rows, with_classes(test_rows, model.class_names()), baseline, config_,
                               findings_.rows, share.part(rating_share));
    rating.training_rows = training_rows.rows();
    rating.seconds = stopwatch.seconds();
    add_warnings_of(model, findings_.warnings);
    findings_.ratings.push_back(std::move(rating));
    findings_.trainings.push_back({nullptr, std::move(training.curves)});
}

// No model where the time limit came before there was any, unless nothing is rated yet: then that is the caller's to know.
Training CrossValidation::train(const Dataset& training_rows, Share share) const {
    try {
        return train_model(merge_rows(training_rows), config_, nullptr, share);
    } catch (const Error& error) {
        const bool out_of_time = error.status() == Status::limit && share.supervisor().was_cut_short();
        if (!out_of_time || findings_.ratings.empty()) throw;
        return {};
    }
}

// Tells what is missing from the report.
void CrossValidation::conclude() {
    const int iterations = splitter_.iterations();
    const auto rated = static_cast<int>(findings_.ratings.size());
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

Report evaluate(const Model& model, const Dataset& dataset, const Config& config, Share share) {
    const Stopwatch stopwatch;
    require_samples(dataset);
    if (dataset.target->task != model.task()) {
        const bool classes = model.task() == Task::classification;
        fail(Status::mismatch, concat(dataset.source, ": its target is ", classes ? "a number" : "a class",
                                      ", but the model predicts ", classes ? "classes" : "numbers"));
    }
    const Target target = with_classes(dataset, model.class_names());
    const auto baseline = constant_prediction(target, dataset.weights);
    Findings findings;
    findings.kind = "evaluation";
    findings.warnings = dataset.notes;
    warn_of_imbalance(target, dataset.weights, findings.warnings);
    findings.ratings.push_back(rate_model(model, dataset, target, baseline, config, findings.rows, share));
    findings.ratings.front().seconds = stopwatch.seconds();
    add_details(findings, dataset, target, config, share.supervisor());
    return make_report(dataset, target, findings);
}

Report cross_validate(const Dataset& dataset, const Config& config, Share share) {
    require_samples(dataset);
    return CrossValidation(dataset, config, share).run();
}

}  // namespace mml
