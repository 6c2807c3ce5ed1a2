// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "ensemble/ensemble.hpp"

namespace mml {

/// An ensemble's answer as a function of its members' links, for explanations: the log-odds of the second of two classes,
/// the log-odds of each class for more, or the estimate. Members' links stand side by side, member by member.
class Composition {
public:
    /// Refers to the ensemble, which must stay.
    explicit Composition(const Ensemble& ensemble);

    std::size_t answers() const { return width_; }
    /// The answers at these links.
    std::vector<double> answer(std::span<const double> links) const;
    /// The mean gradient of each answer along the straight line between two points, answers() x links: what is the values of
    /// Aumann and Shapley (1974) of the links, over their steps. A calibration of one probability is carried over as one
    /// slope, as the rescale rule of Shrikumar et al. (2017) does.
    std::vector<double> mean_gradient(std::span<const double> from, std::span<const double> to) const;

private:
    double weight(std::size_t member) const { return ensemble_.parts()[member].weight; }
    double pooled(std::span<const double> links) const;
    double calibrated(double pooled) const;
    std::vector<double> pooled_slopes(std::span<const double> from, std::span<const double> to) const;
    std::vector<double> exponents(std::span<const double> links) const;
    std::vector<double> weighed(std::span<const double> exponents, std::vector<double>* shares) const;
    void add_gradient(std::span<const double> links, double weight, std::span<double> gradient) const;
    void add_by_links(std::span<const double> links, std::span<const double> by_exponents, double weight,
                      std::span<double> gradient) const;

    const Ensemble& ensemble_;
    std::size_t width_;
    std::size_t members_;
};

}  // namespace mml
