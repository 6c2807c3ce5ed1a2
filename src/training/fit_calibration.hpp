// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ensemble/calibration.hpp"
#include "learners/learner.hpp"

namespace mml {

/// Pooled out-of-fold links of some observations, outputs() each: what calibrations are fitted on.
struct RatedLinks {
    const TrainingSet& set;
    std::vector<std::size_t> observations;
    std::vector<float> links;

    std::span<const float> of(std::size_t place) const;
    double weight() const;
    /// Mean loss of the calibrated links; for regression, of the links as they are.
    double loss(const Calibration& calibration) const;
};

/// The temperature that minimises the loss, shrunk towards 1 on small sets.
double fit_temperature(const RatedLinks& rated);
/// Isotonic regression of each class on its probability, by pooling adjacent violators (Ayer et al., 1955), each pool a
/// little shrunk towards what it was.
std::vector<CalibrationCurve> fit_curves(const RatedLinks& rated);
/// Mean loss of curves on the folds that they were not fitted on.
double cross_fitted_curves_loss(const RatedLinks& rated);

/// Mean losses out of fold of the kinds of calibration that were tried.
struct CalibrationLosses {
    std::optional<double> none;
    std::optional<double> temperature;
    std::optional<double> isotonic;
};

struct CalibrationChoice {
    Calibration calibration;
    std::string kind;  ///< none, temperature, isotonic
    CalibrationLosses losses;
};

/// wanted: as option `calibration`; auto takes the curves only where they are clearly better.
CalibrationChoice choose_calibration(const RatedLinks& rated, const std::string& wanted);

}  // namespace mml
