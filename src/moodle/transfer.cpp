// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "model/model_file.hpp"
#include "model/original/original_model.hpp"
#include "moodle/answers.hpp"
#include "moodle/calls.hpp"
#include "moodle/directory.hpp"
#include "moodle/stored_model.hpp"

namespace mml {

namespace {

Json done(const std::string& directory) {
    Json answer = answer_fields(moodle_status::ok);
    answer["directory"] = directory;
    return answer;
}

// A model beside the one that it is a copy of would be taken for an import, and in its place would cost it its samples.
void refuse_own_export(const ModelDirectory& directory, const std::string& export_directory) {
    if (!is_within(export_directory, directory.path())) return;
    fail(Status::invalid_argument, concat("the directory to export to, ", quote(export_directory, 200),
                                          ", is the model's own or in it: name one outside ", quote(directory.path(), 200)));
}

// A model that is imported onto itself would lose its samples.
void refuse_own_import(const ModelDirectory& directory, const std::string& import_directory) {
    const bool same = is_same(import_directory, directory.path()) ||
                      is_within(import_directory, directory.classifier_path()) ||
                      is_same(import_directory + "/classifier", directory.classifier_path()) ||
                      is_same(import_directory + "/model.mml", directory.model_path()) ||
                      is_same(import_directory + "/classifier/model.mml", directory.model_path());
    if (!same) return;
    fail(Status::invalid_argument, concat("the directory to import from, ", quote(import_directory, 200),
                                          ", holds the model's own files: name one outside ", quote(directory.path(), 200)));
}

// The copy stands alone: the hash of samples that stay behind would let others test a guess at them.
Json export_model(const ModelDirectory& directory, const std::string& export_directory, const Config& config) {
    if (!directory.holds_model()) return answer_fields(moodle_status::general_error, {"There is nothing to export."});
    refuse_own_export(directory, export_directory);
    const std::shared_ptr<const Model> model = load_stored_model(directory, Loading(MemoryLimit(config)));
    make_directories(export_directory, config.file_mode());
    save_model(*model, export_directory + "/model.mml", config.file_mode());
    return done(export_directory);
}

// Where an export put it, or a model directory as a whole; in our form or, where there is none, in that of
// moodle-mlbackend-python. nullptr: nowhere.
std::shared_ptr<const Model> find_model(const std::string& import_directory, const Config& config) {
    const Loading loading{MemoryLimit(config)};
    const std::string places[] = {import_directory, import_directory + "/classifier"};
    for (const std::string& place : places) {
        if (exists(place + "/model.mml")) return load_model(place + "/model.mml", nullptr, loading);
    }
    for (const std::string& place : places) {
        if (holds_original_model(place)) return load_original_model(place, loading);
    }
    return nullptr;
}

// A file that is missing there, or is a directory, is a fault of what is imported, not of the disk that it goes to.
std::shared_ptr<const Model> model_to_import(const std::string& import_directory, const Config& config) {
    try {
        return find_model(import_directory, config);
    } catch (const Error& error) {
        if (error.status() != Status::input_output) throw;
        fail(Status::bad_model, error.what());
    }
}

// To import once more does no harm, and so that samples remain which shall not is an error.
void remove_samples_before_import(const ModelDirectory& directory) {
    try {
        directory.remove_samples_except({});
    } catch (const Error& error) {
        fail(error.status(), concat("the model is in place, but the samples of the one before remain: ", error.what()));
    }
}

Json import_model(const ModelDirectory& directory, const std::string& import_directory, const Config& config) {
    const std::shared_ptr<const Model> model = model_to_import(import_directory, config);
    if (!model) {
        return answer_fields(moodle_status::general_error,
                             {concat("There is nothing to import: ", quote(import_directory, 200),
                                     " holds neither model.mml nor classifier.pkl.")});
    }
    refuse_own_import(directory, import_directory);
    Supervisor supervisor({});
    const FileLock lock = directory.lock_for_writing(config, supervisor);
    lock.require_in_place();
    make_directories(directory.classifier_path(), config.file_mode());
    save_model(*model, directory.model_path(), config.file_mode());
    remove_samples_before_import(directory);
    return done(directory.path());
}

// One of ours that is there by now knows as much or more.
Json convert_model(const ModelDirectory& directory, const Config& config) {
    if (!directory.holds_model()) return answer_fields(moodle_status::general_error, {"There is nothing to convert."});
    Supervisor supervisor({});
    const FileLock lock = directory.lock_for_writing(config, supervisor);
    Json answer = answer_fields(moodle_status::ok);
    const bool convertible = directory.holds_only_original();
    answer["converted"] = convertible;
    if (!convertible) return answer;
    const std::shared_ptr<const Model> model = load_stored_model(directory, Loading(MemoryLimit(config)));
    lock.require_in_place();
    save_model(*model, directory.model_path(), config.file_mode());
    return answer;
}

}  // namespace

Answer moodle_export(const std::string& directory, const std::string& export_directory, const Config& config) {
    const ModelDirectory model_directory(directory);
    if (export_directory.empty()) fail(Status::invalid_argument, "the directory to export to is an empty text");
    return make_answer(refusals_answered([&] { return export_model(model_directory, export_directory, config); }));
}

Answer moodle_import(const std::string& directory, const std::string& import_directory, const Config& config) {
    const ModelDirectory model_directory(directory);
    if (import_directory.empty()) fail(Status::invalid_argument, "the directory to import from is an empty text");
    return make_answer(refusals_answered([&] { return import_model(model_directory, import_directory, config); }));
}

Answer moodle_convert(const std::string& directory, const Config& config) {
    const ModelDirectory model_directory(directory);
    return make_answer(refusals_answered([&] { return convert_model(model_directory, config); }));
}

}  // namespace mml
