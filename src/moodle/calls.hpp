// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.hpp"
#include "base/supervisor.hpp"
#include "config/config.hpp"

namespace mml {

/// What Moodle is told: its status code (also a process's exit code) and one line of JSON, always valid. `reason` is the
/// status of the Error that the answer tells of, for hosts that must know whose fault it is; ok: none was thrown.
struct Answer {
    int status = 0;
    std::string json;
    Status reason = Status::ok;
};

/// Moodle's calls on a model directory; the spec is in README.md of this folder. They answer wherever Moodle has an answer
/// for what happened (not trained, too few classes, low score, a bad data set); Error(busy), Error(cancelled),
/// Error(out_of_memory), Error(internal) and Error(invalid_argument) are thrown.
Answer moodle_train(const std::string& directory, const std::string& dataset, const Config& config,
                    ProgressCallback progress);
Answer moodle_predict(const std::string& directory, const std::string& dataset, const Config& config,
                      ProgressCallback progress);
/// The columns that lead to each prediction, those of one indicator together.
Answer moodle_explain(const std::string& directory, const std::string& dataset, const Config& config,
                      ProgressCallback progress);
/// trained_directory: rate the model in there; empty: train and rate splits of the data set.
Answer moodle_evaluate(const std::string& directory, const std::string& dataset, const std::string& trained_directory,
                       const Config& config, ProgressCallback progress);
Answer moodle_export(const std::string& directory, const std::string& export_directory, const Config& config);
Answer moodle_import(const std::string& directory, const std::string& import_directory, const Config& config);
/// Writes model.mml beside a model of the original.
Answer moodle_convert(const std::string& directory, const Config& config);

/// Of these calls, apart from the library's own version: Moodle compares it with the lowest that it accepts.
extern const char* const moodle_interface_version;

/// What a host was asked for and does not do.
enum class RefusedCall { call, evaluation, missing_arguments };
/// status 1 with the message. An evaluation has a run id; so have missing arguments, whose message names the expected ones.
Answer moodle_refuse(RefusedCall call, const std::string& message);

}  // namespace mml
