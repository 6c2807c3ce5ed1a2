// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/tensors.hpp"
#include "learners/learner.hpp"

namespace mml {

/// A rising map of probabilities: straight lines between its points, level beyond them.
struct CalibrationCurve {
    std::vector<float> from;  ///< rising, no two equal
    std::vector<float> to;    ///< never falling, inside 0 ... 1

    double at(double probability) const;
};

/// How pooled links become probabilities: divided by a temperature (Guo et al., 2017), then by curves where there are any
/// (isotonic regression; Zadrozny and Elkan, 2002): one for the second of two classes, or one a class, after which the
/// classes are brought to a sum of 1.
struct Calibration {
    double temperature = 1;
    std::vector<CalibrationCurve> curves;

    /// Of one row.
    void write(std::span<const float> links, std::span<double> probabilities) const;
    /// Tensors named prefix + "calibration.<curve>.from" and ".to".
    void store(Tensors& tensors, const std::string& prefix) const;
    /// Throws Error(bad_model) unless the tensors make curves for this many links.
    static std::vector<CalibrationCurve> load_curves(const Tensors& tensors, const std::string& prefix, int links);
};

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

struct CalibrationChoice {
    Calibration calibration;
    std::string kind;              ///< none, temperature, isotonic
    Json losses = Json::object();  ///< out of fold, of each kind that was tried
};

/// wanted: as option `calibration`; auto takes the curves only where they are clearly better.
CalibrationChoice choose_calibration(const RatedLinks& rated, const std::string& wanted);

}  // namespace mml
