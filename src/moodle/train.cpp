// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <memory>
#include <new>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "model/train_model.hpp"
#include "moodle/answers.hpp"
#include "moodle/calls.hpp"
#include "moodle/default_decision.hpp"
#include "moodle/directory.hpp"
#include "moodle/kept_samples.hpp"
#include "moodle/log_entries.hpp"
#include "moodle/moodle_file.hpp"
#include "moodle/run_log.hpp"
#include "moodle/stored_model.hpp"

namespace mml {

namespace {

// Of the whole call; the rest is training.
constexpr double merging_share = 0.04;
constexpr double saving_share = 0.02;

// What an earlier training or an import has left in the directory.
struct Stored {
    std::shared_ptr<const Model> model;  // nullptr: nothing
    Binding binding;
    std::optional<Samples> samples;  // those that the model was trained on, where they are still there
};

class TrainingCall {
public:
    TrainingCall(const ModelDirectory& directory, const Config& config, Supervisor& supervisor)
        : directory_(directory), config_(config), supervisor_(supervisor), loading_(config, supervisor) {}

    Answer run(const std::string& dataset_path);

private:
    void load_stored();
    void load_kept_samples();
    Samples read_and_join(const std::string& dataset_path);
    std::shared_ptr<const Model> prior() const;
    Config deciding_config(const Samples& samples);
    Binding store(const Model& model, const Samples& samples, const FileLock& lock);
    std::string store_samples_file(const Samples& samples, std::int64_t generation);
    Answer store_and_tidy_up(const Training& training, const Samples& samples, const FileLock& lock);
    void tidy_up(const Binding& binding, const Training& training, Json& answer);
    void remove_older_samples(const Binding& binding);
    void save_log(const Training& training);

    const ModelDirectory& directory_;
    const Config& config_;
    Supervisor& supervisor_;
    Loading loading_;
    RunLog log_{RunKind::training};
    Stored stored_;
};

// A class without samples is none that could be told from the others, except where a prior has learnt it.
bool lacks_a_class(const Samples& samples, const Model* prior) {
    const std::vector<std::int64_t> counts = class_counts(samples);
    std::unordered_set<std::string_view> learnt;
    if (prior != nullptr) learnt = {prior->class_names().begin(), prior->class_names().end()};
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] == 0 && !learnt.contains(samples.class_names[i])) return true;
    }
    return false;
}

void require_same_task(const Model& model, const Dataset& dataset) {
    if (dataset.target->task == model.task()) return;
    const bool classes = model.task() == Task::classification;
    fail(Status::mismatch, concat(dataset.source, ": its target is ", classes ? "a number" : "a class",
                                  ", but the model in the directory predicts ", classes ? "classes" : "numbers",
                                  ": train in another directory, or clear the model first"));
}

// Of a training that fails; the error to tell is the one that is being thrown.
void forget_samples(const std::string& path) {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
}

std::int64_t generation_after(std::int64_t generation) { return generation >= largest_generation ? 1 : generation + 1; }

std::int64_t most_kept_bytes(const Config& config) {
    constexpr auto reader_takes = static_cast<std::int64_t>(largest_samples_file / 2);
    return std::min(config.integer(OptionId::keep_megabytes) * 1000000, reader_takes);
}

Answer TrainingCall::run(const std::string& dataset_path) {
    const FileLock lock = directory_.lock_for_writing(config_, supervisor_);
    const Progress progress(supervisor_);
    supervisor_.enter(Phase::reading);
    supervisor_.poll();
    load_stored();
    const Samples samples = read_and_join(dataset_path);
    const std::shared_ptr<const Model> frozen = prior();
    if (lacks_a_class(samples, frozen.get())) {
        Json answer = answer_fields(moodle_status::not_enough_data);
        answer["errors"] = "Training data needs to include samples belonging to all classes";
        return make_answer(answer);
    }
    progress.advance(merging_share);

    const Training training =
        train_model(samples, deciding_config(samples), frozen, progress.part(1 - merging_share - saving_share));
    supervisor_.enter(Phase::saving);
    supervisor_.poll();
    supervisor_.check();
    Answer answer = store_and_tidy_up(training, samples, lock);
    supervisor_.advance(1);
    supervisor_.poll();
    return answer;
}

void TrainingCall::load_stored() {
    if (!directory_.holds_model()) return;
    stored_.model = load_stored_model(directory_, loading_, &stored_.binding);
    if (directory_.holds_only_original()) {
        log_.line(concat("The stored model is one of moodle-mlbackend-python, whose files stay as they are in ",
                         directory_.classifier_path()));
    }
    load_kept_samples();
    if (!stored_.samples) {
        log_.line(concat("The stored model becomes a part of the new one as it is, weighing ",
                         stored_.model->sample_weight().all, " samples."));
    }
}

// Deleting the samples is always allowed, and so are those of another model, as an import or a backup leaves them. A file
// that is there and cannot be read is another matter: the next training would forget it.
void TrainingCall::load_kept_samples() {
    if (stored_.binding.samples_hash.empty()) return;
    const std::string path = directory_.samples_path(stored_.binding.generation);
    if (!exists(path)) {
        log_.line(concat("The samples kept for this training are gone: ", path));
        return;
    }
    const std::string bytes = loading_.read_file(path, largest_samples_file);
    if (content_hash(bytes) != stored_.binding.samples_hash) {
        log_.line(concat("These kept samples are left aside, as the model was stored with others: ", path));
        return;
    }
    supervisor_.pause();
    stored_.samples = samples_from_file_bytes(bytes, stored_.binding.generation, path, loading_);
    supervisor_.pause();
}

Samples TrainingCall::read_and_join(const std::string& dataset_path) {
    const Dataset dataset = read_labelled_file(dataset_path, config_, supervisor_);
    supervisor_.poll();
    supervisor_.check();
    log_dataset(log_, dataset_path, dataset);
    if (dataset.rows() == 0) fail(Status::not_enough_data, concat(dataset.source, ": no sample to train on"));
    if (stored_.model) {
        require_same_task(*stored_.model, dataset);
        stored_.model->match_columns(dataset);
        stored_.model = named_after(stored_.model, dataset);
    }
    Samples fresh = merge_rows(dataset);
    supervisor_.pause();
    if (!stored_.samples) return fresh;
    Samples all = join(*stored_.samples, fresh);
    supervisor_.pause();
    log_joined_samples(log_, all);
    return all;
}

// Samples that are kept take the place of the model that was trained on them, not of what that one had as its prior.
std::shared_ptr<const Model> TrainingCall::prior() const {
    if (!stored_.samples) return stored_.model;
    return stored_.model->prior().model;
}

Config TrainingCall::deciding_config(const Samples& samples) {
    std::string note;
    Config config = with_moodle_decision(config_, samples.class_names.size(), note);
    if (!note.empty()) log_.line("note: " + note);
    return config;
}

// Whatever fails before the model is replaced leaves the directory as it was; after that the samples are the new model's.
//
// If somebody deleted the directory meanwhile, the model and its samples shall not come back, nor replace what another has
// trained there since.
Binding TrainingCall::store(const Model& model, const Samples& samples, const FileLock& lock) {
    lock.require_in_place();
    make_directories(directory_.classifier_path(), config_.file_mode());
    const std::int64_t generation = generation_after(stored_.binding.generation);
    bool in_place = false;
    try {
        Binding binding{generation, store_samples_file(samples, generation)};
        lock.require_in_place();
        save_model(model, directory_.model_path(), config_.file_mode(), binding, &in_place);
        return binding;
    } catch (const Error& error) {
        if (in_place)
            fail(error.status(), concat(error.what(), "; to train on the same samples again would count them twice"));
        forget_samples(directory_.samples_path(generation));
        throw;
    } catch (...) {
        if (!in_place) forget_samples(directory_.samples_path(generation));
        throw;
    }
}

// Returns the file's hash; empty where no samples are to be kept.
std::string TrainingCall::store_samples_file(const Samples& samples, std::int64_t generation) {
    const std::int64_t rows = config_.integer(OptionId::keep_rows);
    const std::int64_t bytes = most_kept_bytes(config_);
    if (rows == 0 || bytes == 0) return {};
    const Samples kept = limited(samples, rows, bytes, config_.integer<std::uint64_t>(OptionId::seed));
    supervisor_.pause();
    if (kept.observations.empty()) return {};
    log_.line(
        concat("Kept for the next training: ", kept.features.rows(), " of ", samples.features.rows(), " different rows."));
    const std::string file = samples_file_bytes(kept, generation, &supervisor_);
    supervisor_.pause();
    replace_file(directory_.samples_path(generation), file, config_.file_mode());
    return content_hash(file);
}

// A caller who is told that memory ran out trains again, and so counts the same rows twice. Hence the answer for that case
// is made before the model is in place.
Answer TrainingCall::store_and_tidy_up(const Training& training, const Samples& samples, const FileLock& lock) {
    Answer untidy = make_answer(answer_fields(
        moodle_status::ok, {"The model is trained and stored, but then memory ran out: the log of this training may be "
                            "missing, and older samples may still be there."}));
    Json answer = answer_fields(moodle_status::ok);
    const Binding binding = store(*training.model, samples, lock);
    try {
        tidy_up(binding, training, answer);
        return make_answer(answer);
    } catch (const std::bad_alloc&) {
        return untidy;
    }
}

// The model is stored by now, so that what cannot be removed or written is no failure of the training.
void TrainingCall::tidy_up(const Binding& binding, const Training& training, Json& answer) {
    try {
        remove_older_samples(binding);
        save_log(training);
    } catch (const Error& error) {
        if (error.status() != Status::input_output) throw;
        add_info(answer, concat("The model is trained and stored, but what follows that failed: ", error.what()));
    }
}

// Who wants no samples kept wants none of an earlier generation either.
void TrainingCall::remove_older_samples(const Binding& binding) {
    if (binding.samples_hash.empty()) {
        directory_.remove_samples_except({});
    } else {
        directory_.remove_samples_except({binding.generation, stored_.binding.generation});
    }
}

void TrainingCall::save_log(const Training& training) {
    const std::int64_t keep = config_.integer(OptionId::keep_runs);
    log_training(log_, training);
    if (keep > 0) log_.save(directory_.logs_path(), config_.file_mode());
    remove_old_training_logs(directory_.logs_path(), keep);
}

}  // namespace

Answer moodle_train(const std::string& directory, const std::string& dataset, const Config& config,
                    ProgressCallback progress) {
    const ModelDirectory model_directory(directory);
    Supervisor supervisor({config.threads(), config.number(OptionId::time_limit), std::move(progress)});
    Answer answer;
    const AnsweredFields refusal = refusals_answered([&] {
        answer = TrainingCall(model_directory, config, supervisor).run(dataset);
        return Json();
    });
    if (refusal.fields.is_object()) return make_answer(refusal);
    return answer;
}

}  // namespace mml
