// SPDX-License-Identifier: Apache-2.0
#ifndef MOODLEML_MOODLE_HPP
#define MOODLEML_MOODLE_HPP

/**
 * Moodle's calls, a part of moodleml.hpp, which includes it.
 */
#include <cstdint>
#include <string>

#include "moodleml/calls.hpp"
#include "moodleml/moodleml.hpp"

namespace moodleml {

/* ---- Moodle ------------------------------------------------------------------------------------------------------ */

class Answer : public detail::Handle<mml_answer, mml_answer_free> {
public:
    explicit Answer(mml_answer* handle) noexcept : Handle(handle) {}
    std::int32_t status() const noexcept { return mml_answer_status(handle()); }
    mml_status reason() const noexcept { return mml_answer_reason(handle()); }
    std::string json() const { return detail::json(mml_answer_json(handle()), handle()); }
};

/// The calls that Moodle makes on a model directory; `dataset` is the path of a file.
namespace moodle {

inline Answer train(const std::string& directory, const std::string& dataset, const Config& config = Config(),
                    const Progress& progress = nullptr) {
    return detail::made_with<Answer>(progress, [&](mml_answer** out, mml_progress_fn callback, void* user) {
        return mml_moodle_train(out, detail::c_text(directory), detail::c_text(dataset), config.handle(), callback, user);
    });
}

inline Answer predict(const std::string& directory, const std::string& dataset, const Config& config = Config(),
                      const Progress& progress = nullptr) {
    return detail::made_with<Answer>(progress, [&](mml_answer** out, mml_progress_fn callback, void* user) {
        return mml_moodle_predict(out, detail::c_text(directory), detail::c_text(dataset), config.handle(), callback, user);
    });
}

inline Answer explain(const std::string& directory, const std::string& dataset, const Config& config = Config(),
                      const Progress& progress = nullptr) {
    return detail::made_with<Answer>(progress, [&](mml_answer** out, mml_progress_fn callback, void* user) {
        return mml_moodle_explain(out, detail::c_text(directory), detail::c_text(dataset), config.handle(), callback, user);
    });
}

/// trained_directory: the directory of the model to rate. Empty: train and rate on random splits.
inline Answer evaluate(const std::string& directory, const std::string& dataset, const std::string& trained_directory = "",
                       const Config& config = Config(), const Progress& progress = nullptr) {
    const char* trained = trained_directory.empty() ? nullptr : detail::c_text(trained_directory);
    return detail::made_with<Answer>(progress, [&](mml_answer** out, mml_progress_fn callback, void* user) {
        return mml_moodle_evaluate(out, detail::c_text(directory), detail::c_text(dataset), trained, config.handle(),
                                   callback, user);
    });
}

inline Answer export_model(const std::string& directory, const std::string& export_directory,
                           const Config& config = Config()) {
    return detail::made<Answer>([&](mml_answer** out) {
        return mml_moodle_export(out, detail::c_text(directory), detail::c_text(export_directory), config.handle());
    });
}

inline Answer import_model(const std::string& directory, const std::string& import_directory,
                           const Config& config = Config()) {
    return detail::made<Answer>([&](mml_answer** out) {
        return mml_moodle_import(out, detail::c_text(directory), detail::c_text(import_directory), config.handle());
    });
}

inline Answer convert_model(const std::string& directory, const Config& config = Config()) {
    return detail::made<Answer>(
        [&](mml_answer** out) { return mml_moodle_convert(out, detail::c_text(directory), config.handle()); });
}

inline std::string interface_version() { return mml_moodle_interface_version(); }

/// call: MML_MOODLE_CALL, MML_MOODLE_EVALUATION or MML_MOODLE_ARGUMENTS.
inline Answer refuse(std::int32_t call, const std::string& message) {
    return detail::made<Answer>([&](mml_answer** out) { return mml_moodle_refuse(out, call, detail::c_text(message)); });
}

}  // namespace moodle
}  // namespace moodleml

#endif
