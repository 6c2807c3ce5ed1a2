// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "data/dataset.hpp"
#include "data/splits.hpp"

namespace mml {

/// First and second derivative of a loss by one link.
struct LossSlope {
    double first = 0;
    double second = 0;
};

/// Rows with what was observed on them, summed: as many links and sums a row.
struct LossRows {
    std::span<const float> links;
    std::span<const double> weights;
    std::span<const double> sums;  ///< weight times target; rows without weight count for nothing

    std::size_t size() const { return weights.size(); }
    std::size_t outputs() const { return links.size() / weights.size(); }
    std::span<const float> links_of(std::size_t row) const { return links.subspan(row * outputs(), outputs()); }
    std::span<const double> sums_of(std::size_t row) const { return sums.subspan(row * outputs(), outputs()); }
};

/// What members are trained on and rated by: the log loss (natural logarithm) of a class, or half the squared error of a
/// standardised value. A target is soft and has one number for each link: the share of the second class, the share of each
/// of more than two, or the value. To add a loss: implement this, and name it in loss_of().
class Loss {
public:
    virtual ~Loss() = default;

    /// Adds `weight` times what was observed to a target.
    virtual void add_observed(const FoldedObservation& observed, double weight, std::span<double> target) const = 0;
    /// The loss of one observation.
    virtual double value(std::span<const double> links, const FoldedObservation& observed) const = 0;
    /// The loss of a target. Writes its gradient by the links.
    virtual double value(std::span<const double> links, std::span<const double> target,
                         std::span<double> gradient) const = 0;
    /// The link that is best for all, if their targets sum up to `sum` and their weights to `weight`.
    virtual double best_link(double sum, double weight) const = 0;

    /// The longest step of a link that first and second derivatives alone may ask for.
    virtual double largest_step() const = 0;
    /// The part of an observation's loss, times `weight`, that no link changes and add_values() leaves out.
    virtual double fixed_value(const FoldedObservation& /*observed*/, double /*weight*/) const { return 0; }
    /// Whether add_values() writes means for write_slopes() to read.
    virtual bool keeps_means() const { return false; }
    /// Adds the summed loss of the rows to `sum`, but for fixed_value(). `means`: one number for each link, empty unless
    /// keeps_means().
    virtual void add_values(const LossRows& rows, std::span<float> means, double& sum) const = 0;
    /// Writes the derivatives of the same by each link of the rows that have weight. `means`: as add_values() wrote them
    /// for these links.
    virtual void write_slopes(const LossRows& rows, std::span<const float> means, std::span<LossSlope> slopes) const = 0;
};

/// The loss for a task. It lives as long as the program.
const Loss& loss_of(Task task, std::size_t classes);

}  // namespace mml
