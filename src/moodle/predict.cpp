// SPDX-License-Identifier: Apache-2.0
#include <span>
#include <utility>
#include <vector>

#include "base/index.hpp"
#include "base/text.hpp"
#include "config/memory_limit.hpp"
#include "model/drift.hpp"
#include "moodle/answers.hpp"
#include "moodle/calls.hpp"
#include "moodle/question.hpp"

namespace mml {

namespace {

// Of a row's list of three texts, as JSON objects and in the answer.
constexpr std::int64_t bytes_of_prediction = 512;

// Three texts, as Moodle reads them. Moodle hides what is below a fixed number (min_prediction_score, .6) and takes it for
// the class's probability; how clear the decision is keeps that filter about the operating point.
Json prediction(const Model& model, const std::string& id, std::span<const float> scores) {
    const auto decided = as_size(model.decision().decide(scores));
    std::vector<float> strengths(scores.size());
    model.decision().write_strengths(scores, strengths);
    return {id, model.class_names()[decided], float_text(strengths[decided])};
}

// An estimate has no probability; 1 is the score that Moodle itself gives a prediction without one.
Json estimates(const Model& model, const Dataset& dataset, int threads, Supervisor& supervisor) {
    std::vector<double> values(as_size(dataset.rows()));
    model.predict(dataset, threads, values);
    Json list = Json::array();
    for (std::size_t row = 0; row < dataset.row_ids.size(); ++row) {
        if (row % rows_between_pauses == 0) supervisor.pause();
        list.push_back({dataset.row_ids[row], number_text(values[row]), "1"});
    }
    return list;
}

Json predictions(const Model& model, const Dataset& dataset, int threads, Supervisor& supervisor) {
    if (model.task() == Task::regression) return estimates(model, dataset, threads, supervisor);
    const auto width = as_size(model.outputs());
    std::vector<float> scores(as_size(dataset.rows()) * width);
    model.predict(dataset, threads, scores);
    Json list = Json::array();
    for (std::size_t row = 0; row < dataset.row_ids.size(); ++row) {
        if (row % rows_between_pauses == 0) supervisor.pause();
        list.push_back(prediction(model, dataset.row_ids[row], std::span(scores).subspan(row * width, width)));
    }
    return list;
}

Json predict(const Question& question, const Config& config, Supervisor& supervisor) {
    const auto& [model, dataset] = question;
    MemoryLimit(config).require(
        model->prediction_bytes(dataset, sizeof(double)) + bytes_of_table(dataset.rows(), 1, bytes_of_prediction),
        concat("predicting the ", dataset.rows(), " rows of ", dataset.source), "or give fewer rows at a time");
    std::vector<std::string> notes = dataset.notes;
    for (const std::string& warning : drift_warnings(drift_json(*model, dataset, config.number(OptionId::drift_limit))))
        notes.push_back(warning);
    Json answer = answer_fields(moodle_status::ok, notes);
    supervisor.pause();
    answer["predictions"] = predictions(*model, dataset, config.threads(), supervisor);
    supervisor.advance(1);
    supervisor.poll();
    return answer;
}

}  // namespace

Answer moodle_predict(const std::string& directory, const std::string& dataset, const Config& config,
                      ProgressCallback progress) {
    return answer_question({directory, dataset}, config, std::move(progress), predict);
}

}  // namespace mml
