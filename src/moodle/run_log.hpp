// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "learners/learner.hpp"

namespace mml {

/// Now; run ids are such numbers.
std::int64_t milliseconds_since_1970();

enum class RunKind { training, evaluation };

/// What a run tells an admin afterwards: lines to read and curves for TensorBoard. Kept in memory until it is saved, so that
/// a run that was cancelled leaves nothing.
class RunLog {
public:
    explicit RunLog(RunKind kind);

    void line(std::string_view text);
    /// Each curve becomes tensor/<folder>/<its member>/; folder may be empty.
    void curves(const std::string& folder, const std::vector<LearningCurve>& curves);

    /// A file beside info.log, replaced where it is named again.
    void file(const std::string& name, std::string bytes) { files_[name] = std::move(bytes); }

    struct Saved {
        std::int64_t id = 0;  ///< started(), or the next number that was free
        std::string path;
    };

    /// Milliseconds since 1970: the run's id if nobody else has taken it.
    std::int64_t started() const { return started_; }

    /// Makes <logs>/<id>/, an id that is new there, and writes info.log, the files and tensor/. Error(input_output).
    Saved save(const std::string& logs, unsigned file_mode) const;

private:
    struct TensorFile {
        std::vector<std::string> folders;  ///< below tensor/, from the outside in
        std::string bytes;
    };

    Saved make_directory(const std::string& logs, unsigned file_mode) const;

    std::int64_t started_;
    std::string lines_;
    std::map<std::string, std::string> files_;  // bytes by name
    std::vector<TensorFile> tensor_files_;
};

/// Removes the logs of all trainings but the last `keep`, and folders of runs that were killed before they wrote any.
/// Evaluations, and whatever else lies there, stay. Error(input_output), also where an info.log is no regular file.
void remove_old_training_logs(const std::string& logs, std::int64_t keep);

}  // namespace mml
