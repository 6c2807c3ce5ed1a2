// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/index.hpp"
#include "base/text.hpp"
#include "evaluation/metric_table.hpp"
#include "evaluation/report.hpp"
#include "moodle/answers.hpp"
#include "moodle/calls.hpp"
#include "moodle/default_decision.hpp"
#include "moodle/directory.hpp"
#include "moodle/indicators.hpp"
#include "moodle/log_entries.hpp"
#include "moodle/moodle_file.hpp"
#include "moodle/run_log.hpp"
#include "moodle/stored_model.hpp"

namespace mml {

namespace {

// Of the whole call; the rest is training and rating.
constexpr double reading_share = 0.02;

constexpr const char* labels_differ = "The labels from the provided dataset do not match the targetclasses from the header";

bool lacks_a_class(const Target& target) { return std::ranges::count(class_counts(target), 0) > 0; }

Report rate(const Dataset& dataset, const std::string& trained_directory, const Config& config, Progress progress) {
    if (trained_directory.empty()) {
        return cross_validate(dataset, config, progress, RareClasses::required, indicator_of);
    }
    const ModelDirectory trained(trained_directory);
    if (!trained.holds_model()) {
        fail(Status::input_output,
             concat("there is no trained model to rate: ", quote(trained.model_path(), 200), " is missing"));
    }
    return evaluate(*load_stored_model(trained, Loading(config, progress.supervisor())), dataset, config, progress,
                    indicator_of);
}

// Adds the refusals of a model that is not good enough, in the order that Moodle's users know.
void judge(double score, double deviation, const Config& config, Json& answer) {
    const double accepted = config.number(OptionId::max_deviation);
    const double minimum = config.number(OptionId::min_score);
    int status = moodle_status::ok;
    if (deviation > accepted) {
        status |= moodle_status::not_enough_data;
        add_info(answer,
                 concat("The evaluation results varied too much, we might need more samples to check if this model is "
                        "valid. Model deviation = ",
                        deviation, ", accepted deviation = ", accepted));
    }
    if (score < minimum) {
        status |= moodle_status::low_score;
        add_info(answer, concat("The evaluated model prediction accuracy is not very good. Model score = ", score,
                                ", minimum score = ", minimum));
    }
    answer["status"] = status;
}

// What is undefined is left out, such as auc of more than two classes.
void add_number(const Report& report, const std::string& metric, const char* moodle_name, Json& answer) {
    const double value = report.metrics.at(metric);
    if (moodle_name != nullptr && std::isfinite(value)) answer[moodle_name] = value;
}

// The metrics under Moodle's names for them, and in "measures" the few that a summary shows, in words.
void add_metrics(const Report& report, Json& answer) {
    Json measures = Json::array();
    for (const Metric* metric : metrics_for(narrowed<std::int64_t>(report.json.at("classes").size()))) {
        const std::string name = metric->name;
        add_number(report, name, metric->moodle.value, answer);
        add_number(report, name + "_deviation", metric->moodle.deviation, answer);
        add_number(report, "baseline_" + name, metric->moodle.baseline, answer);
        if (!metric->headline || !std::isfinite(report.metrics.at(name))) continue;
        Json measure{{"name", name}};
        const Json& told = report.json.at("metrics").at(name);
        for (const char* field : {"label", "meaning", "direction", "value", "baseline"}) measure[field] = told.at(field);
        measures.push_back(std::move(measure));
    }
    answer["measures"] = std::move(measures);
}

Json translated(const Report& report, const Config& config) {
    const double score = report.metrics.at("score");
    if (!std::isfinite(score)) {
        return answer_fields(moodle_status::not_enough_data,
                             {"The score is undefined, as the target is the same everywhere."});
    }
    Json answer = answer_fields(moodle_status::ok);
    add_metrics(report, answer);
    answer["min_score"] = config.number(OptionId::min_score);
    answer["accepted_deviation"] = config.number(OptionId::max_deviation);
    judge(score, report.metrics.at("score_deviation"), config, answer);
    for (const std::string& sentence : report.json.at("verdict").at("sentences").texts()) add_info(answer, sentence);
    return answer;
}

Json rate_into(RunLog& log, const std::string& dataset_path, const std::string& trained_directory, const Config& config,
               Supervisor& supervisor) {
    supervisor.enter(Phase::reading);
    supervisor.poll();
    const Dataset dataset = read_labelled_file(dataset_path, config, supervisor);
    supervisor.advance(reading_share);
    log_dataset(log, dataset_path, dataset);
    if (dataset.rows() == 0) fail(Status::not_enough_data, concat(dataset.source, ": no sample to rate"));
    if (lacks_a_class(*dataset.target)) {
        return answer_fields(moodle_status::general_error, {labels_differ});
    }
    std::string note;
    const Config deciding = with_moodle_decision(config, dataset.target->class_names.size(), note);
    const Report report = rate(dataset, trained_directory, deciding, Progress(supervisor, 1 - reading_share));
    log_report(log, report, config);
    supervisor.advance(1);
    supervisor.poll();
    Json answer = translated(report, config);
    if (!note.empty() && trained_directory.empty()) add_info(answer, note);
    return answer;
}

// The reader refuses a label that is not among the target classes in its own words; Moodle's users know others too.
Json evaluate_into(RunLog& log, const std::string& dataset_path, const std::string& trained_directory, const Config& config,
                   Supervisor& supervisor) {
    try {
        return rate_into(log, dataset_path, trained_directory, config, supervisor);
    } catch (const Error& error) {
        if (error.reason() != Reason::foreign_label) throw;
        return answer_fields(moodle_status::general_error, {labels_differ, error.what()});
    }
}

// Every answer names the run, also where its log could not be written. A directory that was deleted stays deleted.
void save_log(RunLog& log, const ModelDirectory& directory, bool was_there, const Config& config, Json& answer) {
    for (const auto& sentence : answer.at("info")) log.line(sentence.get<std::string>());
    answer["runid"] = log.started();
    try {
        if (was_there && !exists(directory.path()))
            fail(Status::input_output, concat(quote(directory.path(), 200), " was deleted during the evaluation"));
        const RunLog::Saved run = log.save(directory.logs_path(), config.file_mode());
        answer["dir"] = run.path;
        answer["runid"] = run.id;
    } catch (const Error& error) {
        if (error.status() != Status::input_output) throw;
        add_info(answer, concat("The log of the evaluation is not written: ", error.what()));
    }
}

}  // namespace

Answer moodle_evaluate(const std::string& directory, const std::string& dataset, const std::string& trained_directory,
                       const Config& config, ProgressCallback progress) {
    const ModelDirectory model_directory(directory);
    const bool was_there = exists(model_directory.path());
    Supervisor supervisor({config.threads(), config.number(OptionId::time_limit), std::move(progress)});
    RunLog log(RunKind::evaluation);
    AnsweredFields answer =
        refusals_answered([&] { return evaluate_into(log, dataset, trained_directory, config, supervisor); });
    save_log(log, model_directory, was_there, config, answer.fields);
    return make_answer(answer);
}

}  // namespace mml
