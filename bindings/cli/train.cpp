// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <filesystem>
#include <memory>
#include <moodleml/moodleml.hpp>
#include <optional>
#include <string>
#include <system_error>
#include <unistd.h>

#include "commands.hpp"
#include "data.hpp"
#include "failure.hpp"
#include "json_access.hpp"
#include "library_options.hpp"
#include "model_text.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "rank_group.hpp"
#include "text.hpp"

namespace mml::cli {

namespace {

struct TrainSettings {
    std::string data;
    std::string model;
    std::string start;
    std::string form;
    bool quiet = false;
    LibraryOptions options;
};

// Tells what would fail after minutes of training before it begins.
void require_writable(const std::string& path) {
    if (path == "-") throw Failure("--model -: a model is not written to standard output: name a file");
    const std::filesystem::path file(path);
    const std::string directory = file.has_parent_path() ? file.parent_path().string() : ".";
    if (::access(directory.c_str(), W_OK | X_OK) != 0) {
        const std::string reason = std::generic_category().message(errno);
        throw Failure(path + ": no model can be written there: " + reason);
    }
    if (std::filesystem::exists(file) && !std::filesystem::is_regular_file(file)) {
        throw Failure(path + ": is not a regular file, but --model names the file to write");
    }
}

moodleml::Model train(const moodleml::Dataset& dataset, const moodleml::Config& config, const TrainSettings& settings,
                      const std::optional<moodleml::Model>& start) {
    Progress progress(progress_display(settings.quiet));
    moodleml::Model model = progress.follow([&](const moodleml::Progress& callback) {
        return moodleml::Model::train(dataset, config, callback, start ? &*start : nullptr);
    });
    progress.finish();
    return model;
}

// What a training takes.
struct Inputs {
    moodleml::Config config;
    std::optional<moodleml::Model> start;
    std::optional<moodleml::Dataset> dataset;
};

Inputs read_inputs(const TrainSettings& settings) {
    require_writable(settings.model);
    refuse_to_replace(settings.model, {settings.data, settings.start});
    refuse_to_replace("", {settings.data, settings.start});
    Inputs inputs{settings.options.config(), std::nullopt, std::nullopt};
    if (!settings.start.empty()) inputs.start = moodleml::Model::load(settings.start, inputs.config);
    // The model's task counts: a small file tells little.
    if (inputs.start && !settings.options.given("task"))
        inputs.config.set("task", inputs.start->task() == MML_REGRESSION ? "regression" : "classification");
    inputs.dataset = read_data(settings.data, inputs.config);
    return inputs;
}

// Of several ranks, the first writes the model and tells of it.
void run_train(TrainSettings settings) {
    RankGroup ranks(settings.data);
    settings.data = ranks.own(settings.data);
    settings.quiet = settings.quiet || ranks.rank() > 0;
    Inputs inputs;
    ranks.together([&] { inputs = read_inputs(settings); });
    if (ranks.size() > 1) ranks.join(inputs.config);
    const bool text = settings.form == "text";
    const Json summary = data_summary(*inputs.dataset);
    if (!settings.quiet) show_warnings(summary);
    if (text && !settings.quiet) print(data_text(summary));
    const moodleml::Model model = train(*inputs.dataset, inputs.config, settings, inputs.start);
    if (ranks.rank() > 0) return;
    model.save(settings.model);
    const Json description = Json::parse(model.json());
    if (!settings.quiet) show_warnings(description);
    if (!text) print(description.dump() + "\n");
    if (text && !settings.quiet)
        print(members_text(description) + decision_text(description) + "model written to " + one_line(settings.model) +
              "\n");
}

}  // namespace

void add_train(CLI::App& program) {
    const auto settings = std::make_shared<TrainSettings>();
    CLI::App* command =
        add_command(program, "train", "Trains a model on the rows of a CSV file and writes it to a model file.",
                    "  moodleml train students.csv --model students.mml\n"
                    "  moodleml train more-students.csv --start students.mml --model students-2.mml\n"
                    "  moodleml train table.csv --format plain --target price --task regression --model prices.mml\n"
                    "  moodleml train students.csv --model quick.mml --networks 0 --time-limit 10");
    command
        ->add_option("DATA", settings->data,
                     "The CSV file, or - for standard input, with the target. Of several processes started by mpirun, each "
                     "reads the file with its number (from 0) in place of %r; all train one model")
        ->required();
    command->add_option("-m,--model", settings->model, "The model file to write; an existing file is replaced")
        ->type_name("FILE")
        ->required();
    command
        ->add_option("--start", settings->start,
                     "A model to continue from; DATA should not repeat the samples that it learned from")
        ->type_name("FILE");
    add_form_option(*command, settings->form, {"text", "json"});
    command->add_flag("-q,--quiet", settings->quiet, "No progress, no summary, no warnings");
    settings->options.add_to(*command, {"run", "data", "learners"});
    command->callback([settings] { run_train(*settings); });
}

}  // namespace mml::cli
