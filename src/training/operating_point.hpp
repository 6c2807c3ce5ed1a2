// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mml {

/// Rated observations as the search for an operating point needs them: log-probabilities, and what each counts as.
struct OperatingSamples {
    std::size_t classes = 0;
    std::vector<double> logarithms = {};  ///< observations x classes: of the probabilities
    std::vector<double> counts = {};      ///< observations x classes: weight by which the observation belongs to each class

    std::size_t size() const { return classes == 0 ? 0 : logarithms.size() / classes; }
    std::span<const double> logarithms_of(std::size_t place) const {
        return std::span(logarithms).subspan(place * classes, classes);
    }
    std::span<const double> counts_of(std::size_t place) const {
        return std::span(counts).subspan(place * classes, classes);
    }
    double weight() const;
};

/// What an operating point is rated by.
enum class Criterion {
    weighted_f1,       ///< mean of the classes' F1, weighted by how often they occur
    balanced_accuracy  ///< mean of the recall of the classes that occur
};

/// Rating of the classes that these offsets decide for.
double rating_at(const OperatingSamples& samples, std::span<const double> offsets, Criterion criterion);

/// Offsets near `start` by which the classes decided for rate well. Each is the mean of all offsets that a normal
/// distribution about the start allows (of deviation `spread`), weighted by exp(rating / noise): a Gibbs posterior (Zhang,
/// 2006). So a plateau gives its middle, few samples the start, and no single sample moves it far. Classes that do not occur
/// keep their place among the others.
std::vector<double> operating_point(const OperatingSamples& samples, std::span<const double> start, double spread,
                                    Criterion criterion);

/// Moves all offsets by the same, which decides nothing, so that their mean is 0.
void centre(std::vector<double>& offsets);

/// What ratings on so many samples differ by without reason.
double rating_noise(double weight);

}  // namespace mml
