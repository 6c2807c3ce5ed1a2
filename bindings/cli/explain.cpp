// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <moodleml/moodleml.hpp>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "commands.hpp"
#include "csv_texts.hpp"
#include "data.hpp"
#include "json_access.hpp"
#include "library_options.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "text.hpp"

namespace mml::cli {

namespace {

struct ExplainSettings {
    std::string model;
    std::string data;
    std::string output;
    std::string form;
    std::int64_t top = 5;
    bool quiet = false;
    bool for_spreadsheets = false;
    LibraryOptions options;
};

// A text, or a range of numbers that may be open.
std::string usual_text(const Json& usual) {
    if (usual.is_string()) return one_line(usual.get<std::string>());
    if (!usual.is_array() || (usual[0].is_null() && usual[1].is_null())) return "";
    if (usual[0].is_null()) return "below " + significant(usual[1].get<double>(), 3);
    const std::string low = significant(usual[0].get<double>(), 3);
    if (usual[1].is_null()) return "from " + low;
    const std::string high = significant(usual[1].get<double>(), 3);
    return low == high ? low : low + " to " + high;
}

// What a model's columns add to its answers on a data set: of each row to that on the class that it decides for, or the
// estimate.
class Reasons {
public:
    Reasons(moodleml::Model model, moodleml::Dataset dataset, const moodleml::Config& config, Progress& progress)
        : model_(std::move(model)), dataset_(std::move(dataset)), cells_(dataset_.values()), names_(model_.input_names()) {
        if (!estimates()) classes_ = model_.decide(model_.predict(dataset_, config));
        contributions_ =
            progress.follow([&](const moodleml::Progress& shown) { return model_.explain(dataset_, config, shown); });
        const std::vector<std::string> columns = dataset_.column_names();
        for (std::size_t input = 0; input < names_.size(); ++input) {
            const auto found = std::ranges::find(columns, names_[input]);
            places_.push_back(found == columns.end() ? input : static_cast<std::size_t>(found - columns.begin()));
        }
        const Json card = Json::parse(model_.card("json"));
        for (const Json& column : card.at("columns")) usual_.push_back(usual_text(column.at("usual")));
        usual_.resize(names_.size());
    }

    const moodleml::Dataset& dataset() const { return dataset_; }
    bool estimates() const { return model_.task() == MML_REGRESSION; }
    const std::vector<std::string>& names() const { return names_; }
    std::string id(std::int64_t row) const {
        return dataset_.has_row_ids() ? dataset_.row_id(row) : std::to_string(row + 1);
    }
    std::string class_name(std::int64_t row) const { return model_.class_name(classes_[static_cast<std::size_t>(row)]); }
    std::span<const double> parts(std::int64_t row) const { return numbers(row).first(names_.size()); }
    double base(std::int64_t row) const { return numbers(row).back(); }
    // The answer whose log-odds, or which itself, this is.
    double answer(double sum) const { return estimates() ? sum : 1 / (1 + std::exp(-sum)); }
    std::string shown(double sum) const { return estimates() ? significant(answer(sum), 5) : percent(answer(sum)); }

    // A cell of the data, as a person reads it; empty: missing.
    std::string cell(std::int64_t row, std::size_t input) const {
        const auto columns = static_cast<std::size_t>(dataset_.columns());
        const float value = cells_[static_cast<std::size_t>(row) * columns + places_[input]];
        if (std::isnan(value)) return "";
        const auto place = static_cast<std::int64_t>(places_[input]);
        return dataset_.has_levels(place) ? dataset_.level_name(place, static_cast<std::int64_t>(value)) : exact(value);
    }
    // What most samples of the training have; empty: not known.
    const std::string& usual(std::size_t input) const { return usual_[input]; }
    // The inputs that add anything, by how much they add.
    std::vector<std::size_t> by_size(std::int64_t row) const {
        std::vector<std::size_t> inputs(names_.size());
        std::iota(inputs.begin(), inputs.end(), std::size_t{0});
        const auto found = parts(row);
        std::ranges::stable_sort(inputs, std::greater<>(), [&](std::size_t input) { return std::abs(found[input]); });
        std::erase_if(inputs, [&](std::size_t input) { return found[input] == 0; });
        return inputs;
    }

private:
    std::span<const double> numbers(std::int64_t row) const {
        const std::size_t width = names_.size() + 1;
        const auto outputs = static_cast<std::size_t>(model_.outputs());
        const auto output = estimates() ? 0 : static_cast<std::size_t>(classes_[static_cast<std::size_t>(row)]);
        return std::span(contributions_).subspan((static_cast<std::size_t>(row) * outputs + output) * width, width);
    }

    moodleml::Model model_;
    moodleml::Dataset dataset_;
    std::vector<float> cells_;
    std::vector<std::string> names_;
    std::vector<std::string> usual_;
    std::vector<std::size_t> places_;  // of each input among the data's columns
    std::vector<std::int32_t> classes_;
    std::vector<double> contributions_;
};

// From the base to the answer, a line a column.
std::string words_of(const Reasons& reasons, std::int64_t row, std::size_t top) {
    double sum = reasons.base(row);
    const auto parts = reasons.parts(row);
    const double all = std::accumulate(parts.begin(), parts.end(), sum);
    std::string text = one_line(reasons.id(row)) + ": ";
    if (!reasons.estimates()) text += "class " + one_line(reasons.class_name(row)) + ", ";
    text += reasons.shown(all) + " (with nothing known " + reasons.shown(sum) + ")\n";
    const std::vector<std::size_t> inputs = reasons.by_size(row);
    Table table({0, 1, 2});
    const auto add = [&](const std::string& name, const std::string& cell, double part) {
        const std::string before = reasons.shown(sum);
        sum += part;
        table.add_row({name, cell, part > 0 ? "raises" : "lowers", before, "to " + reasons.shown(sum)});
    };
    for (std::size_t i = 0; i < std::min(top, inputs.size()); ++i) {
        const std::string cell = reasons.cell(row, inputs[i]);
        const std::string& usual = reasons.usual(inputs[i]);
        add(reasons.names()[inputs[i]],
            (cell.empty() ? "missing" : "= " + cell) + (usual.empty() ? "" : " (usual: " + usual + ")"), parts[inputs[i]]);
    }
    if (inputs.size() > top) add(grouped(static_cast<std::int64_t>(inputs.size() - top)) + " others", "", all - sum);
    return text + table.text("  ");
}

void write_text(const Reasons& reasons, std::size_t top, Output& output) {
    for (std::int64_t row = 0; row < reasons.dataset().rows(); ++row)
        output.write((row > 0 ? "\n" : "") + words_of(reasons, row, top));
}

void write_csv(const Reasons& reasons, CsvTexts& texts, Output& output) {
    std::string header = reasons.dataset().has_row_ids() ? "id" : "row";
    header += reasons.estimates() ? ",base" : ",class,base";
    for (const std::string& name : reasons.names()) header += "," + texts.field(name);
    output.write(header + "\n");
    for (std::int64_t row = 0; row < reasons.dataset().rows(); ++row) {
        std::string line = texts.field(reasons.id(row));
        if (!reasons.estimates()) line += "," + texts.field(reasons.class_name(row));
        line += "," + exact(reasons.base(row));
        for (const double part : reasons.parts(row)) line += "," + exact(part);
        output.write(line + "\n");
    }
}

Json row_json(const Reasons& reasons, std::int64_t row, std::size_t top) {
    const auto parts = reasons.parts(row);
    const double sum = std::accumulate(parts.begin(), parts.end(), reasons.base(row));
    Json json{{"id", reasons.id(row)}, {"answer", reasons.answer(sum)}, {"sum", sum}, {"base", reasons.base(row)}};
    if (!reasons.estimates()) json["class"] = reasons.class_name(row);
    Json& columns = json["columns"] = Json::array();
    for (const std::size_t input : reasons.by_size(row)) {
        if (columns.size() == top) break;
        columns.push_back({{"name", reasons.names()[input]},
                           {"value", reasons.cell(row, input)},
                           {"usual", reasons.usual(input)},
                           {"adds", parts[input]}});
    }
    return json;
}

void write_json(const Reasons& reasons, std::size_t top, Output& output) {
    output.write(std::string("{\"schema\":1,\"task\":\"") + (reasons.estimates() ? "regression" : "classification") +
                 "\",\"explanations\":[");
    for (std::int64_t row = 0; row < reasons.dataset().rows(); ++row)
        output.write((row == 0 ? "\n" : ",\n") +
                     row_json(reasons, row, top).dump(-1, ' ', false, Json::error_handler_t::replace));
    output.write("\n]}\n");
}

void run_explain(const ExplainSettings& settings) {
    moodleml::Config config = settings.options.config();
    if (!settings.options.given("labelled")) config.set("labelled", false);
    refuse_to_replace(settings.output, {settings.model, settings.data});
    moodleml::Model model = moodleml::Model::load(settings.model, config);
    moodleml::Dataset dataset = read_data(settings.data, config, &model);
    if (!settings.quiet) show_warnings(Json::parse(dataset.json()));
    Progress progress(progress_display(settings.quiet));
    const Reasons reasons(std::move(model), std::move(dataset), config, progress);
    progress.finish();
    const Interruption interruption;
    Output output(settings.output);
    const auto top = static_cast<std::size_t>(settings.top);
    CsvTexts texts(settings.for_spreadsheets);
    if (settings.form == "csv") {
        write_csv(reasons, texts, output);
    } else if (settings.form == "json") {
        write_json(reasons, top, output);
    } else {
        write_text(reasons, top, output);
    }
    output.finish();
    if (!settings.quiet) texts.warn();
}

}  // namespace

void add_explain(CLI::App& program) {
    const auto settings = std::make_shared<ExplainSettings>();
    CLI::App* command = add_command(program, "explain",
                                    "Explains the model's answer for each row of a CSV file: how much each column adds. It "
                                    "starts from the answer with nothing known and ends with the answer for the row. The "
                                    "numbers describe the model; they are not causes. CSV and JSON give log-odds of the "
                                    "class that the model chooses. For a regression they give the unit of the estimate.",
                                    "  moodleml explain students.mml new-students.csv\n"
                                    "  moodleml explain students.mml new-students.csv --top 3 --as json\n"
                                    "  moodleml explain prices.mml table.csv --format plain --as csv --output reasons.csv");
    command->add_option("MODEL", settings->model, "The model file")->required();
    command->add_option("DATA", settings->data, "The CSV file, or - for standard input")->required();
    command->add_option("--top", settings->top, "Number of columns to show for each row; CSV always has all")
        ->type_name("NUMBER")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1000000}))
        ->capture_default_str();
    command->add_option("-o,--output", settings->output, "File to write; default: standard output")->type_name("FILE");
    add_form_option(*command, settings->form, {"text", "csv", "json"});
    add_spreadsheet_flag(*command, settings->for_spreadsheets);
    command->add_flag("-q,--quiet", settings->quiet, "No progress and no warnings");
    settings->options.add_to(*command, {"run", "data"});
    command->callback([settings] { run_explain(*settings); });
}

}  // namespace mml::cli
