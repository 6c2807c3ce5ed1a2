// SPDX-License-Identifier: Apache-2.0
#include "learners/linear/lbfgs.hpp"

#include <Eigen/Core>
#include <cmath>
#include <deque>

#include "base/index.hpp"

namespace mml {

namespace {

struct Step {
    Eigen::VectorXd move;    // difference of points
    Eigen::VectorXd change;  // difference of gradients
    double curvature;        // their product
};

// Two-loop recursion (Nocedal and Wright, 2006, algorithm 7.4).
Eigen::VectorXd direction(const std::deque<Step>& steps, const Eigen::VectorXd& gradient) {
    Eigen::VectorXd result = -gradient;
    std::vector<double> shares(steps.size());
    for (std::size_t i = steps.size(); i-- > 0;) {
        shares[i] = steps[i].move.dot(result) / steps[i].curvature;
        result -= shares[i] * steps[i].change;
    }
    if (!steps.empty()) result *= steps.back().curvature / steps.back().change.squaredNorm();
    for (std::size_t i = 0; i < steps.size(); ++i) {
        result += (shares[i] - steps[i].change.dot(result) / steps[i].curvature) * steps[i].move;
    }
    return result;
}

struct Place {
    Eigen::VectorXd point;
    Eigen::VectorXd gradient;
    double value = 0;
};

double evaluate(const Objective& objective, Place& place) {
    const std::size_t size = as_size(place.point.size());
    place.value = objective({place.point.data(), size}, {place.gradient.data(), size});
    return place.value;
}

// Halves the step until it lowers the value enough; false where none does.
bool search_line(const Objective& objective, const Place& from, const Eigen::VectorXd& along, double length, Place& to) {
    constexpr double sufficient = 1e-4;
    const double slope = from.gradient.dot(along);
    for (int tries = 0; tries < 30; ++tries, length *= 0.5) {
        to.point = from.point + length * along;
        evaluate(objective, to);
        if (std::isfinite(to.value) && to.value <= from.value + sufficient * length * slope) return true;
    }
    return false;
}

}  // namespace

void minimise_lbfgs(const Objective& objective, std::vector<double>& point, const LbfgsSettings& settings,
                    const std::function<bool()>& stop) {
    const Eigen::Index size = std::ssize(point);
    Place here{Eigen::Map<Eigen::VectorXd>(point.data(), size), Eigen::VectorXd::Zero(size)};
    Place next = here;
    std::deque<Step> steps;
    evaluate(objective, here);
    for (int iteration = 0; iteration < settings.iterations && !stop(); ++iteration) {
        const double steepness = here.gradient.norm();
        if (steepness <= 1e-12) break;
        // Nothing is known of the scale before the first step.
        const double length = steps.empty() ? std::min(1.0, 1 / steepness) : 1.0;
        if (!search_line(objective, here, direction(steps, here.gradient), length, next)) break;
        Step step{next.point - here.point, next.gradient - here.gradient, 0};
        step.curvature = step.move.dot(step.change);
        if (step.curvature > 1e-12 * step.change.squaredNorm()) steps.push_back(std::move(step));
        if (steps.size() > settings.history) steps.pop_front();
        const double gain = here.value - next.value;
        std::swap(here, next);
        if (gain <= settings.tolerance * std::abs(here.value)) break;
    }
    Eigen::Map<Eigen::VectorXd>(point.data(), size) = here.point;
}

}  // namespace mml
