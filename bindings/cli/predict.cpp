// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <memory>
#include <moodleml/moodleml.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "commands.hpp"
#include "csv_texts.hpp"
#include "data.hpp"
#include "interruption.hpp"
#include "json_access.hpp"
#include "library_options.hpp"
#include "output.hpp"
#include "text.hpp"

namespace mml::cli {

namespace {

struct PredictSettings {
    std::string model;
    std::string data;
    std::string output;
    std::string form;
    bool quiet = false;
    bool for_spreadsheets = false;
    LibraryOptions options;
};

// What a model says of a data set, row by row.
struct Predictions {
    moodleml::Model model;
    moodleml::Dataset dataset;
    std::vector<float> scores;          ///< classification
    std::vector<std::int32_t> classes;  ///< classification: by the model's decision
    std::vector<double> estimated;      ///< regression: may vary by less than a float tells apart
    Json drift;                         ///< how far the columns have moved from the training's

    bool estimates() const { return model.task() == MML_REGRESSION; }
    std::int64_t rows() const { return dataset.rows(); }
    std::size_t outputs() const { return static_cast<std::size_t>(model.outputs()); }
    std::span<const float> row(std::int64_t index) const {
        return std::span(scores).subspan(static_cast<std::size_t>(index) * outputs(), outputs());
    }
    double estimate(std::int64_t index) const { return estimated[static_cast<std::size_t>(index)]; }
    std::string class_name(std::size_t index) const { return model.class_name(static_cast<std::int64_t>(index)); }
    std::string predicted_class(std::int64_t index) const {
        return class_name(static_cast<std::size_t>(classes[static_cast<std::size_t>(index)]));
    }
    // Where rows have no id, their number is it.
    bool has_ids() const { return dataset.has_row_ids(); }
    std::string id(std::int64_t index) const { return has_ids() ? dataset.row_id(index) : std::to_string(index + 1); }
};

Predictions predict(const PredictSettings& settings) {
    moodleml::Config config = settings.options.config();
    // Rows to predict have no target, unless somebody says so.
    if (!settings.options.given("labelled")) config.set("labelled", false);
    moodleml::Model model = moodleml::Model::load(settings.model, config);
    moodleml::Dataset dataset = read_data(settings.data, config, &model);
    Json drift = Json::parse(model.drift(dataset, config));
    Predictions result{std::move(model), std::move(dataset), {}, {}, {}, std::move(drift)};
    if (result.estimates()) {
        result.estimated = result.model.predict_double(result.dataset, config);
    } else {
        result.scores = result.model.predict(result.dataset, config);
        result.classes = result.model.decide(result.scores);
    }
    return result;
}

void write_csv(const Predictions& predictions, CsvTexts& texts, Output& output) {
    std::string header = predictions.has_ids() ? "id" : "row";
    header += predictions.estimates() ? ",estimate" : ",class";
    for (std::size_t i = 0; !predictions.estimates() && i < predictions.outputs(); ++i) {
        header += "," + texts.field("probability_" + predictions.class_name(i));
    }
    output.write(header + "\n");
    for (std::int64_t i = 0; i < predictions.rows(); ++i) {
        std::string line = texts.field(predictions.id(i));
        if (predictions.estimates()) {
            line += "," + exact(predictions.estimate(i));
        } else {
            line += "," + texts.field(predictions.predicted_class(i));
            for (const float score : predictions.row(i)) line += "," + exact(score);
        }
        output.write(line + "\n");
    }
}

Json row_json(const Predictions& predictions, std::int64_t index) {
    if (predictions.estimates()) return {{"id", predictions.id(index)}, {"estimate", predictions.estimate(index)}};
    return {{"id", predictions.id(index)},
            {"class", predictions.predicted_class(index)},
            {"probabilities", predictions.row(index)}};
}

// One prediction a line, so that the whole need not be in memory, nor on one line.
void write_json(const Predictions& predictions, Output& output) {
    const auto text = [](const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); };
    Json classes = Json::array();
    for (std::size_t i = 0; !predictions.estimates() && i < predictions.outputs(); ++i)
        classes.push_back(predictions.class_name(i));
    output.write("{\"schema\":1,\"task\":" + text(predictions.estimates() ? "regression" : "classification") +
                 ",\"classes\":" + text(classes) + ",\"predictions\":[");
    for (std::int64_t i = 0; i < predictions.rows(); ++i)
        output.write((i == 0 ? "\n" : ",\n") + text(row_json(predictions, i)));
    output.write("\n]}\n");
}

void run_predict(const PredictSettings& settings) {
    refuse_to_replace(settings.output, {settings.model, settings.data});
    const Predictions predictions = predict(settings);
    if (!settings.quiet) show_warnings(Json::parse(predictions.dataset.json()));
    if (!settings.quiet && predictions.drift.is_object()) show_warnings(predictions.drift);
    const Interruption interruption;
    Output output(settings.output);
    CsvTexts texts(settings.for_spreadsheets);
    settings.form == "json" ? write_json(predictions, output) : write_csv(predictions, texts, output);
    output.finish();
    if (!settings.quiet) texts.warn();
}

}  // namespace

void add_predict(CLI::App& program) {
    const auto settings = std::make_shared<PredictSettings>();
    CLI::App* command = add_command(
        program, "predict",
        "Predicts the rows of a CSV file with a model. Each row gives one line: its id, the class, and the probability "
        "of each class; or its id and the estimate. The option decision of the training sets how the class is chosen.",
        "  moodleml predict students.mml new-students.csv\n"
        "  moodleml predict students.mml new-students.csv --output predictions.csv\n"
        "  moodleml predict prices.mml table.csv --format plain --as json\n"
        "  moodleml predict students.mml labelled.csv --labelled true");
    command->add_option("MODEL", settings->model, "The model file")->required();
    command
        ->add_option("DATA", settings->data,
                     "The CSV file, or - for standard input; in Moodle's format its first column contains ids")
        ->required();
    command->add_option("-o,--output", settings->output, "File to write; default: standard output")->type_name("FILE");
    add_form_option(*command, settings->form, {"csv", "json"});
    add_spreadsheet_flag(*command, settings->for_spreadsheets);
    command->add_flag("-q,--quiet", settings->quiet, "No warnings");
    settings->options.add_to(*command, {"run", "data"});
    command->callback([settings] { run_predict(*settings); });
}

}  // namespace mml::cli
