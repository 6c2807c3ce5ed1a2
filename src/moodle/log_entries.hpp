// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "config/config.hpp"
#include "data/dataset.hpp"
#include "data/samples.hpp"
#include "evaluation/report.hpp"
#include "model/train_model.hpp"
#include "moodle/run_log.hpp"

namespace mml {

/// What info.log tells of each thing that a run has to do with.
void log_dataset(RunLog& log, const std::string& path, const Dataset& dataset);
/// The samples of the data set with those kept from earlier trainings.
void log_joined_samples(RunLog& log, const Samples& samples);
void log_training(RunLog& log, const Training& training);
/// With report.html and, of classes, roc-curve.svg beside info.log; `config` holds Moodle's limits, which the page judges
/// by.
void log_report(RunLog& log, const Report& report, const Config& config);

}  // namespace mml
