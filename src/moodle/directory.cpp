// SPDX-License-Identifier: Apache-2.0
#include "moodle/directory.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "model/original/original_model.hpp"

namespace mml {

namespace {

constexpr std::string_view samples_prefix = "samples-";
constexpr std::string_view samples_suffix = ".mml";

std::string samples_name(std::int64_t generation) { return concat(samples_prefix, generation, samples_suffix); }

bool is_samples_name(std::string_view name) { return name.starts_with(samples_prefix) && name.ends_with(samples_suffix); }

// What replace_file() calls its temporary file.
bool is_temporary_name(std::string_view name) { return name.starts_with(".moodleml-") && name.ends_with(".new"); }

}  // namespace

ModelDirectory::ModelDirectory(std::string path) : path_(std::move(path)) {
    if (path_.empty()) fail(Status::invalid_argument, "the model directory is an empty text");
    while (path_.size() > 1 && path_.ends_with('/')) path_.pop_back();
}

std::string ModelDirectory::samples_path(std::int64_t generation) const {
    return concat(classifier_path(), "/", samples_name(generation));
}

bool ModelDirectory::holds_model() const { return exists(model_path()) || holds_original_model(classifier_path()); }

bool ModelDirectory::holds_only_original() const { return !exists(model_path()) && holds_original_model(classifier_path()); }

// Who deletes the directory at the same moment takes it from under the lock file.
FileLock ModelDirectory::lock_for_writing(const Config& config, Supervisor& supervisor) const {
    constexpr int most_tries = 5;
    for (int tries = 1;; ++tries) {
        try {
            make_directories(path_, config.file_mode());
            return {path_ + "/.moodleml.lock", config.file_mode(), config.number(OptionId::lock_timeout), supervisor};
        } catch (const Error& error) {
            if (error.status() != Status::input_output || exists(path_) || tries == most_tries) throw;
        }
    }
}

void ModelDirectory::remove_samples_except(std::initializer_list<std::int64_t> generations) const {
    for (const std::string& name : names_in(classifier_path())) {
        const bool kept =
            std::ranges::any_of(generations, [&](std::int64_t kept_one) { return name == samples_name(kept_one); });
        if ((is_samples_name(name) && !kept) || is_temporary_name(name)) remove_file(concat(classifier_path(), "/", name));
    }
}

}  // namespace mml
