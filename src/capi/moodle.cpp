// SPDX-License-Identifier: Apache-2.0
#include "capi/guard.hpp"
#include "capi/handles.hpp"
#include "capi/progress.hpp"

using namespace mml;
using namespace mml::capi;

namespace {

// Its room comes first: a call that has changed a directory must not fail any more.
template <std::invocable Call>
void hand_over_answer(mml_answer** out, Call call) {
    auto handle = std::make_unique<mml_answer>();
    handle->answer = call();
    hand_over(out, std::move(handle));
}

}  // namespace

mml_status mml_moodle_train(mml_answer** out, const char* directory, const char* dataset, const mml_config* config,
                            mml_progress_fn progress, void* user) {
    return guarded([&] {
        given(out, "out");
        hand_over_answer(out, [&] {
            return moodle_train(given_text(directory, "directory"), given_text(dataset, "dataset"),
                                options_of_one_rank(config), progress_callback(progress, user));
        });
    });
}

mml_status mml_moodle_predict(mml_answer** out, const char* directory, const char* dataset, const mml_config* config,
                              mml_progress_fn progress, void* user) {
    return guarded([&] {
        given(out, "out");
        hand_over_answer(out, [&] {
            return moodle_predict(given_text(directory, "directory"), given_text(dataset, "dataset"),
                                  options_of_one_rank(config), progress_callback(progress, user));
        });
    });
}

mml_status mml_moodle_explain(mml_answer** out, const char* directory, const char* dataset, const mml_config* config,
                              mml_progress_fn progress, void* user) {
    return guarded([&] {
        given(out, "out");
        hand_over_answer(out, [&] {
            return moodle_explain(given_text(directory, "directory"), given_text(dataset, "dataset"),
                                  options_of_one_rank(config), progress_callback(progress, user));
        });
    });
}

mml_status mml_moodle_evaluate(mml_answer** out, const char* directory, const char* dataset, const char* trained_directory,
                               const mml_config* config, mml_progress_fn progress, void* user) {
    return guarded([&] {
        given(out, "out");
        const char* trained = trained_directory == nullptr ? "" : trained_directory;
        hand_over_answer(out, [&] {
            return moodle_evaluate(given_text(directory, "directory"), given_text(dataset, "dataset"), trained,
                                   options_of_one_rank(config), progress_callback(progress, user));
        });
    });
}

mml_status mml_moodle_export(mml_answer** out, const char* directory, const char* export_directory,
                             const mml_config* config) {
    return guarded([&] {
        given(out, "out");
        hand_over_answer(out, [&] {
            return moodle_export(given_text(directory, "directory"), given_text(export_directory, "export_directory"),
                                 options_of_one_rank(config));
        });
    });
}

mml_status mml_moodle_import(mml_answer** out, const char* directory, const char* import_directory,
                             const mml_config* config) {
    return guarded([&] {
        given(out, "out");
        hand_over_answer(out, [&] {
            return moodle_import(given_text(directory, "directory"), given_text(import_directory, "import_directory"),
                                 options_of_one_rank(config));
        });
    });
}

mml_status mml_moodle_convert(mml_answer** out, const char* directory, const mml_config* config) {
    return guarded([&] {
        given(out, "out");
        hand_over_answer(out,
                         [&] { return moodle_convert(given_text(directory, "directory"), options_of_one_rank(config)); });
    });
}

const char* mml_moodle_interface_version(void) { return moodle_interface_version; }

mml_status mml_moodle_refuse(mml_answer** out, int32_t call, const char* message) {
    return guarded([&] {
        given(out, "out");
        const std::string reason = given_text(message, "message");
        if (call < MML_MOODLE_CALL || call > MML_MOODLE_ARGUMENTS)
            fail(Status::invalid_argument, concat("call is ", call, ": give MML_MOODLE_CALL, _EVALUATION or _ARGUMENTS"));
        hand_over_answer(out, [&] { return moodle_refuse(static_cast<RefusedCall>(call), reason); });
    });
}

int32_t mml_answer_status(const mml_answer* answer) { return answer == nullptr ? 0 : answer->answer.status; }

mml_status mml_answer_reason(const mml_answer* answer) {
    return answer == nullptr ? MML_OK : static_cast<mml_status>(answer->answer.reason);
}

const char* mml_answer_json(const mml_answer* answer) { return answer == nullptr ? nullptr : answer->answer.json.c_str(); }

void mml_answer_free(mml_answer* answer) { delete answer; }
