// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <memory>
#include <moodleml/moodleml.hpp>
#include <string>
#include <system_error>
#include <vector>

#include "commands.hpp"
#include "failure.hpp"
#include "json_access.hpp"
#include "library_options.hpp"
#include "output.hpp"
#include "text.hpp"

namespace mml::cli {

namespace {

namespace fs = std::filesystem;

struct ConvertSettings {
    std::string directory;
    std::string form;
    bool write = false;
    LibraryOptions options;
};

// A model directory in which moodle-mlbackend-python has stored a model.
struct Finding {
    std::string directory;
    std::string state;  ///< "convertible", "converted", "has_model": one of ours is there already, or "unreadable"
    std::string reason;
    std::int64_t classes = 0;
    std::int64_t samples = 0;
};

std::string classifier(const std::string& directory) { return directory + "/classifier"; }

// Sorted, so that two runs compare. Links are not followed; folders that may not be read are told.
std::vector<std::string> model_directories(const std::string& top) {
    std::vector<std::string> found;
    std::error_code error;
    fs::recursive_directory_iterator entry(top, error);
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
        const fs::path& path = entry->path();
        if (path.filename() == "classifier.pkl" && path.parent_path().filename() == "classifier")
            found.push_back(path.parent_path().parent_path().string());
    }
    if (error) throw Failure(top + ": cannot be searched: " + error.message());
    std::ranges::sort(found);
    return found;
}

// Reads the model, which shows whether it can be converted, and changes nothing.
void look_at(Finding& finding, const moodleml::Config& config) {
    const moodleml::Model model = moodleml::Model::load(classifier(finding.directory), config);
    finding.classes = model.outputs();
    finding.samples = field(field(Json::parse(model.json()), "samples"), "count").get<std::int64_t>();
    finding.state = fs::exists(classifier(finding.directory) + "/model.mml") ? "has_model" : "convertible";
}

void convert(Finding& finding, const moodleml::Config& config) {
    const moodleml::Answer answer = moodleml::moodle::convert_model(finding.directory, config);
    const Json told = Json::parse(answer.json());
    if (answer.status() == 0) {
        // Somebody may have trained since it was looked at.
        finding.state = field(told, "converted") == true ? "converted" : "has_model";
    } else {
        finding.state = "unreadable";
        finding.reason = field(told, "info").at(0).get<std::string>();
    }
}

std::vector<Finding> go_through(const ConvertSettings& settings) {
    const moodleml::Config config = settings.options.config();
    std::vector<Finding> findings;
    for (const std::string& directory : model_directories(settings.directory)) {
        Finding& finding = findings.emplace_back(Finding{directory, "", "", 0, 0});
        try {
            look_at(finding, config);
            if (settings.write && finding.state == "convertible") convert(finding, config);
        } catch (const moodleml::Error& error) {
            finding.state = "unreadable";
            finding.reason = error.what();
        }
    }
    return findings;
}

std::int64_t count(const std::vector<Finding>& findings, const std::string& state) {
    return std::ranges::count(findings, state, &Finding::state);
}

constexpr const char* states[] = {"convertible", "converted", "has_model", "unreadable"};

std::string findings_json(const std::vector<Finding>& findings, bool written) {
    Json report = {{"schema", 1}, {"written", written}, {"models", Json::array()}};
    for (const Finding& finding : findings) {
        Json model = {{"directory", finding.directory}, {"state", finding.state}};
        if (finding.state == "unreadable") {
            model["reason"] = finding.reason;
        } else {
            model["classes"] = finding.classes;
            model["samples"] = finding.samples;
        }
        report["models"].push_back(std::move(model));
    }
    for (const char* state : states) report["counts"][state] = count(findings, state);
    return report.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string words(const Finding& finding) {
    if (finding.state == "unreadable") return "cannot be converted";
    if (finding.state == "has_model") return "has model.mml already";
    return finding.state == "converted" ? "converted" : "can be converted";
}

std::string findings_text(const std::vector<Finding>& findings, bool written) {
    std::string text;
    for (const Finding& finding : findings) {
        const bool readable = finding.state != "unreadable";
        text += one_line(finding.directory) + ": " + words(finding) +
                (readable ? ", " + grouped(finding.classes) + " classes, trained on " + grouped(finding.samples) + " samples"
                          : ": " + one_line(finding.reason)) +
                "\n";
    }
    text += grouped(static_cast<std::int64_t>(findings.size())) +
            " models of moodle-mlbackend-python: " + grouped(count(findings, written ? "converted" : "convertible")) +
            (written ? " converted, " : " to convert, ") + grouped(count(findings, "has_model")) +
            " with model.mml already, " + grouped(count(findings, "unreadable")) + " that cannot be converted\n";
    return text + (written ? "" : "Nothing was written: give --write to convert.\n");
}

void run_convert(const ConvertSettings& settings) {
    if (!fs::is_directory(settings.directory)) throw Failure(settings.directory + ": is not a folder");
    const std::vector<Finding> findings = go_through(settings);
    print(settings.form == "json" ? findings_json(findings, settings.write) : findings_text(findings, settings.write));
    if (const std::int64_t unreadable = count(findings, "unreadable"); unreadable > 0)
        throw Failure(grouped(unreadable) + " of " + grouped(static_cast<std::int64_t>(findings.size())) +
                      " models cannot be converted; the report says why");
}

}  // namespace

void add_convert(CLI::App& program) {
    const auto settings = std::make_shared<ConvertSettings>();
    CLI::App* command =
        add_command(program, "convert",
                    "Searches a folder and its subfolders for models of moodle-mlbackend-python 3 (<model "
                    "directory>/classifier/classifier.pkl), and lists those that can be converted. With --write it also "
                    "writes classifier/model.mml next to each. It never changes or deletes the original files. You need "
                    "not convert: Moodle's calls read both kinds of model.",
                    "  moodleml convert models\n"
                    "  moodleml convert models --write\n"
                    "  moodleml convert models --as json");
    command->add_option("DIR", settings->directory, "The folder to search, such as models in Moodle's data folder")
        ->required();
    command->add_flag("--write", settings->write, "Write the converted models; without it nothing is changed");
    add_form_option(*command, settings->form, {"text", "json"});
    settings->options.add_to(*command, {"model directory"});
    command->callback([settings] { run_convert(*settings); });
}

}  // namespace mml::cli
