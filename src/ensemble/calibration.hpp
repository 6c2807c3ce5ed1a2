// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/tensors.hpp"

namespace mml {

/// A rising map of probabilities: straight lines between its points, level beyond them.
struct CalibrationCurve {
    std::vector<float> from;  ///< rising, no two equal
    std::vector<float> to;    ///< never falling, inside 0 ... 1

    double at(double probability) const;
    /// Of the line that `probability` is on; 0 beyond the points.
    double slope(double probability) const;

private:
    std::size_t place_of(double probability) const;
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
    static std::vector<CalibrationCurve> load_curves(const Tensors& tensors, const std::string& prefix, std::size_t links);
};

}  // namespace mml
