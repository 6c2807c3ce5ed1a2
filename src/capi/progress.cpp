// SPDX-License-Identifier: Apache-2.0
#include "capi/progress.hpp"

namespace mml::capi {

ProgressCallback progress_callback(mml_progress_fn progress, void* user) {
    if (progress == nullptr) return {};
    return [progress, user](const ProgressReport& report) {
        mml_progress shown;
        shown.struct_size = sizeof shown;
        shown.phase = static_cast<std::int32_t>(report.phase);
        shown.fraction = report.fraction;
        shown.step = report.step;
        shown.steps = report.steps;
        shown.training_loss = report.training_loss;
        shown.validation_loss = report.validation_loss;
        try {
            return progress(&shown, user) == 0;
        } catch (...) {  // the header: an exception that leaves a callback means stop
            return false;
        }
    };
}

Supervisor::Settings supervision(const Config& config, mml_progress_fn progress, void* user) {
    return {config.threads(), config.number(OptionId::time_limit), progress_callback(progress, user)};
}

void finish(Supervisor& supervisor) {
    supervisor.advance(1);
    supervisor.poll();
    supervisor.check();
}

}  // namespace mml::capi
