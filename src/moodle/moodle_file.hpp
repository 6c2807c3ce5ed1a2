// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/supervisor.hpp"
#include "config/config.hpp"
#include "data/dataset.hpp"
#include "data/samples.hpp"

namespace mml {

/// What Moodle hands over: a file in its format, with the target (training, evaluation) or with ids (prediction), whatever
/// the options say of plain files.
Dataset read_labelled_file(const std::string& path, const Config& config, Supervisor& supervisor);
Dataset read_unlabelled_file(const std::string& path, const Config& config, Supervisor& supervisor);

/// The samples of each class, in the order of the class names; none for regression.
std::vector<std::int64_t> class_counts(const Target& target);
std::vector<std::int64_t> class_counts(const Samples& samples);

}  // namespace mml
