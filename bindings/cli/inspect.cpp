// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <memory>
#include <moodleml/moodleml.hpp>
#include <string>

#include "cell_survey.hpp"
#include "commands.hpp"
#include "data.hpp"
#include "failure.hpp"
#include "json_access.hpp"
#include "library_options.hpp"
#include "model_text.hpp"
#include "output.hpp"
#include "text.hpp"

namespace mml::cli {

namespace {

constexpr const char* needs_card = "--as markdown and --as html are forms of a model's card: add --card";

struct InspectSettings {
    std::string file;
    std::string form;
    bool card = false;
    LibraryOptions options;
};

// Of a file that is read as either kind, a file for prediction cannot be read with a target, for its ids are no numbers.
moodleml::Dataset read_either(const InspectSettings& settings) {
    moodleml::Config config = settings.options.config();
    try {
        return read_data(settings.file, config);
    } catch (const moodleml::Error& error) {
        // A pipe can be read but once.
        if (settings.options.given("labelled") || !std::filesystem::is_regular_file(settings.file)) throw;
        try {
            return read_data(settings.file, config.set("labelled", false));
        } catch (const moodleml::Error&) {
            throw error;  // of the kind that was meant first
        }
    }
}

double share(std::int64_t part, std::int64_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

Json cells_json(const CellSurvey& survey) {
    return {{"count", survey.cells},
            {"missing", survey.missing},
            {"zero", survey.zero},
            {"empty_columns", survey.empty_columns},
            {"constant_columns", survey.constant_columns}};
}

std::string cells_text(const CellSurvey& survey) {
    Table table;
    table.add_row({"missing cells", grouped(survey.missing), percent(share(survey.missing, survey.cells))});
    table.add_row({"zero cells", grouped(survey.zero), percent(share(survey.zero, survey.cells))});
    table.add_row({"columns that are empty", grouped(survey.empty_columns)});
    table.add_row({"columns that are constant", grouped(survey.constant_columns)});
    return table.text("  ");
}

std::string metadata_text(const Json& summary) {
    Table table({0, 1});
    for (const auto& [name, value] : summary.at("metadata").items()) table.add_row({name, value.get<std::string>()});
    return table.text("  ");
}

void inspect_data(const InspectSettings& settings) {
    if (settings.card)
        throw Failure("--card: " + settings.file + " is not a model file, and only models have a card", exit_usage);
    if (settings.form != "json" && settings.form != "text") throw Failure(needs_card, exit_usage);
    const moodleml::Dataset dataset = read_either(settings);
    const CellSurvey survey = survey_cells(dataset);
    Json summary = data_summary(dataset);
    summary["cells"] = cells_json(survey);
    show_warnings(summary);
    print(settings.form == "json" ? summary.dump() + "\n"
                                  : data_text(summary) + inputs_text(summary) + cells_text(survey) + metadata_text(summary));
}

// Columns of numbers only need no list.
std::string columns_text(const moodleml::Model& model) {
    const Json card = Json::parse(model.card("json"));
    Table table({0, 1});
    for (const Json& column : card.at("columns")) {
        const std::string type = column.at("type").get<std::string>();
        if (type == "number") continue;
        const bool has_levels = column.contains("levels");
        table.add_row({column.at("name").get<std::string>(),
                       has_levels ? type + ", " + grouped(column.at("levels").get<std::int64_t>()) + " levels" : type});
    }
    const std::string text = table.text("  ");
    return text.empty() ? "" : "columns that are not plain numbers\n" + text;
}

void show_model(const InspectSettings& settings, const moodleml::Model& model) {
    if (settings.card) {
        print(model.card(settings.form));
        return;
    }
    const Json description = Json::parse(model.json());
    show_warnings(description);
    if (settings.form != "json" && settings.form != "text") throw Failure(needs_card, exit_usage);
    print(settings.form == "json" ? description.dump() + "\n" : model_text(description) + columns_text(model));
}

// Both a model and a packed CSV file are gzip files.
void inspect_packed(const InspectSettings& settings) {
    try {
        show_model(settings, moodleml::Model::load(settings.file, settings.options.config()));
    } catch (const moodleml::Error& error) {
        if (error.status() != MML_BAD_MODEL) throw;
        const bool is_model = settings.file.ends_with(".mml");
        if (is_model) throw;
        inspect_data(settings);
    }
}

void run_inspect(const InspectSettings& settings) {
    refuse_to_replace("", {settings.file});
    if (std::filesystem::is_directory(settings.file)) {
        show_model(settings, moodleml::Model::load(settings.file, settings.options.config()));
    } else if (first_bytes(settings.file).starts_with(gzip_start)) {
        inspect_packed(settings);
    } else {
        inspect_data(settings);
    }
}

}  // namespace

void add_inspect(CLI::App& program) {
    const auto settings = std::make_shared<InspectSettings>();
    CLI::App* command = add_command(
        program, "inspect",
        "Describes a model file or a CSV file. Of a model: task, classes, members with their weights and losses, "
        "calibration, options. Of a CSV file: rows, columns, classes and their shares, missing cells.",
        "  moodleml inspect students.mml\n"
        "  moodleml inspect students.mml --card --as markdown\n"
        "  moodleml inspect students.csv\n"
        "  moodleml inspect table.csv --format plain --as json");
    command
        ->add_option("FILE", settings->file, "A model file, a CSV file, or a folder with a model of moodle-mlbackend-python")
        ->required();
    add_form_option(*command, settings->form, {"text", "json", "markdown", "html"});
    command->add_flag("-c,--card", settings->card,
                      "The model's card: what to know before trusting it. With --as markdown or html it is a page");
    settings->options.add_to(*command, {"data"});
    command->callback([settings] { run_inspect(*settings); });
}

}  // namespace mml::cli
