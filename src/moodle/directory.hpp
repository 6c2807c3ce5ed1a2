// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

#include "base/file_lock.hpp"
#include "config/config.hpp"

namespace mml {

/// Where things lie in a model directory, which Moodle names and we fill. README.md of this folder draws it.
class ModelDirectory {
public:
    /// Error(invalid_argument) where the path is empty.
    explicit ModelDirectory(std::string path);

    const std::string& path() const { return path_; }
    std::string classifier_path() const { return path_ + "/classifier"; }
    std::string model_path() const { return classifier_path() + "/model.mml"; }
    std::string samples_path(std::int64_t generation) const;
    std::string logs_path() const { return path_ + "/logs"; }

    /// In our form or, which holds_only_original() tells apart, in that of moodle-mlbackend-python; ours counts where both
    /// are there.
    bool holds_model() const;
    bool holds_only_original() const;

    /// Makes the directory where it is missing and keeps other writers out until the lock goes; Error(busy) after option
    /// lock_timeout. Readers need no lock: files are only ever replaced whole.
    FileLock lock_for_writing(const Config& config, Supervisor& supervisor) const;

    /// Removes the samples of all generations but the given ones, and what a writer that was killed has left. Only with
    /// the lock held.
    void remove_samples_except(std::initializer_list<std::int64_t> generations) const;

private:
    std::string path_;
};

}  // namespace mml
