// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "data/samples.hpp"
#include "ensemble/ensemble.hpp"

namespace mml {

/// Task and classes of an ensemble for these samples; for regression, the mean and deviation of the target. Throws
/// Error(bad_data) if the values are too large to average.
Ensemble::Scale scale_of(const Samples& samples);

}  // namespace mml
