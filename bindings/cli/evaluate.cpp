// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <memory>
#include <moodleml/moodleml.hpp>
#include <optional>
#include <string>

#include "commands.hpp"
#include "data.hpp"
#include "failure.hpp"
#include "json_access.hpp"
#include "library_options.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "text.hpp"

namespace mml::cli {

namespace {

struct EvaluateSettings {
    std::string data;
    std::string model;
    std::string form;
    std::string page;
    bool quiet = false;
    bool keep = false;
    LibraryOptions options;
};

moodleml::Report evaluate(const moodleml::Dataset& dataset, const moodleml::Config& config, const EvaluateSettings& settings,
                          const std::optional<moodleml::Model>& model) {
    Progress progress(progress_display(settings.quiet));
    moodleml::Report report = progress.follow([&](const moodleml::Progress& callback) {
        return model ? moodleml::Report::evaluate(*model, dataset, config, callback)
                     : moodleml::Report::cross_validate(dataset, config, callback);
    });
    progress.finish();
    return report;
}

bool ends_with_any(std::string name, const std::vector<std::string>& endings) {
    std::ranges::transform(name, name.begin(), [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    return std::ranges::any_of(endings, [&](const std::string& ending) { return name.ends_with(ending); });
}

// By the file's ending; none where no page is wanted.
std::string page_format(const std::string& path) {
    if (path.empty()) return "";
    if (ends_with_any(path, {".html", ".htm"})) return "html";
    if (ends_with_any(path, {".md", ".markdown"})) return "markdown";
    throw Failure("--report \"" + path + "\": end the name in .html or .md, to choose the format", exit_usage);
}

void write_page(const EvaluateSettings& settings, const moodleml::Report& report, const moodleml::Config& config) {
    const std::string page = report.render(page_format(settings.page), config);
    Output output(settings.page);
    output.write(page);
    output.finish();
}

constexpr const char* needs_model = "--keep writes the report into the card of a model: name the model with --model";

void run_evaluate(const EvaluateSettings& settings) {
    const bool paged = !page_format(settings.page).empty();  // refused before the work
    if (paged) refuse_to_replace(settings.page, {settings.data, settings.model});
    refuse_to_replace("", {settings.data, settings.model});
    if (settings.keep && settings.model.empty()) throw Failure(needs_model, exit_usage);
    const moodleml::Config config = settings.options.config();
    std::optional<moodleml::Model> model;
    if (!settings.model.empty()) model = moodleml::Model::load(settings.model, config);
    const moodleml::Dataset dataset = read_data(settings.data, config, model ? &*model : nullptr);
    const bool text = settings.form == "text";
    if (text && !settings.quiet) print(data_text(data_summary(dataset)));
    const moodleml::Report report = evaluate(dataset, config, settings, model);
    const Json document = Json::parse(report.json());
    if (!settings.quiet) show_warnings(document);
    if (paged) write_page(settings, report, config);
    if (settings.keep) model->with_report(report).save(settings.model);
    print(text ? report.render("text", config) : report.json() + "\n");
}

}  // namespace

void add_evaluate(CLI::App& program) {
    const auto settings = std::make_shared<EvaluateSettings>();
    CLI::App* command = add_command(
        program, "evaluate",
        "Rates a model on the rows of a CSV file. Without --model it cross-validates: it trains on one part of the rows "
        "and rates on the other, several times.",
        "  moodleml evaluate students.csv\n"
        "  moodleml evaluate students.csv --resampling folds --iterations 5\n"
        "  moodleml evaluate other-students.csv --model students.mml\n"
        "  moodleml evaluate other-students.csv --model students.mml --keep\n"
        "  moodleml evaluate students.csv --report students.html\n"
        "  moodleml evaluate students.csv --as json > report.json");
    command->add_option("DATA", settings->data, "The CSV file, or - for standard input, with the target")->required();
    command->add_option("-m,--model", settings->model, "The model to rate; without it, cross-validation")->type_name("FILE");
    add_form_option(*command, settings->form, {"text", "json"});
    command->add_option("-r,--report", settings->page, "Also write the report as a page: .html with charts, .md without")
        ->type_name("FILE");
    command->add_flag("-k,--keep", settings->keep,
                      "Write the metrics into the model file. Its card (inspect --card) then shows them");
    command->add_flag("-q,--quiet", settings->quiet, "No progress, no summary of the data, no warnings");
    settings->options.add_to(*command, {"run", "data", "learners", "evaluation"});
    command->callback([settings] { run_evaluate(*settings); });
}

}  // namespace mml::cli
