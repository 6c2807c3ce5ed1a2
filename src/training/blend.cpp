// SPDX-License-Identifier: Apache-2.0
#include "training/blend.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "learners/loss.hpp"

namespace mml {

namespace {

// An end where rounding keeps the tolerance from being reached.
constexpr int rounds = 100;
// Of the mean loss that moving all weight would save at most: far below what any set can tell.
constexpr double tolerance = 1e-6;
// A member that hardly counts costs time and room in every prediction.
constexpr double least_weight = 0.02;

// What a little more weight on each member costs: the gradient of the shrunk loss.
class Slope {
public:
    Slope(const BlendProblem& problem, std::size_t members) : problem_(problem), costs_(members) {}

    const std::vector<double>& at(std::span<const double> weights) {
        problem_.loss_and_gradient(weights, costs_);
        for (std::size_t member = 1; member < costs_.size(); ++member) costs_[member] += blend_shrinkage / problem_.weight();
        return costs_;
    }

private:
    const BlendProblem& problem_;
    std::vector<double> costs_;
};

std::size_t dearest_used(std::span<const double> weights, std::span<const double> costs) {
    std::size_t dearest = costs.size();
    for (std::size_t member = 0; member < costs.size(); ++member) {
        if (weights[member] > 0 && (dearest == costs.size() || costs[member] > costs[dearest])) dearest = member;
    }
    return dearest;
}

// The share of weight that minimises the cost on this line, by bisection of its derivative, which never falls: the loss is
// convex in the weights.
void move_weight(std::vector<double>& weights, std::size_t from, std::size_t to, Slope& slope) {
    const double whole = weights[from];
    const double base = weights[to];
    const auto falls = [&](double moved) {
        weights[from] = whole - moved;
        weights[to] = base + moved;
        const std::vector<double>& costs = slope.at(weights);
        return costs[to] < costs[from];
    };
    if (falls(whole)) return;
    double low = 0;
    double high = whole;
    for (int halving = 0; halving < 16; ++halving) {
        const double middle = (low + high) / 2;
        (falls(middle) ? low : high) = middle;
    }
    weights[from] = whole - low;
    weights[to] = base + low;
}

void drop_small(std::vector<double>& weights) {
    for (double& weight : weights) weight = weight < least_weight ? 0 : weight;
    double sum = 0;
    for (const double weight : weights) sum += weight;
    for (double& weight : weights) weight /= sum;
}

}  // namespace

BlendProblem::BlendProblem(const TrainingSet& set, std::vector<std::span<const float>> members)
    : set_(set), members_(std::move(members)) {
    const auto outputs = static_cast<std::size_t>(set.outputs());
    for (std::size_t i = 0; i < set.observations.size(); ++i) {
        const bool rated = std::ranges::all_of(members_, [&](auto links) { return std::isfinite(links[i * outputs]); });
        if (!rated) continue;
        usable_.push_back(i);
        weight_ += set.observations[i].weight;
    }
}

void BlendProblem::pool(std::size_t observation, std::span<const double> weights, double temperature,
                        std::span<double> links) const {
    std::ranges::fill(links, 0.0);
    for (std::size_t member = 0; member < members_.size(); ++member) {
        const auto part = members_[member].subspan(observation * links.size(), links.size());
        for (std::size_t k = 0; k < links.size(); ++k)
            links[k] += weights[member] / temperature * static_cast<double>(part[k]);
    }
}

double BlendProblem::loss(std::span<const double> weights, double temperature) const {
    std::vector<double> links(static_cast<std::size_t>(set_.outputs()));
    double sum = 0;
    for (const std::size_t i : usable_) {
        pool(i, weights, temperature, links);
        sum += set_.observations[i].weight * sample_loss(set_.task, std::span<const double>(links), set_.observations[i]);
    }
    return sum / weight_;
}

double BlendProblem::loss_and_gradient(std::span<const double> weights, std::span<double> gradient) const {
    const auto outputs = static_cast<std::size_t>(set_.outputs());
    std::vector<double> links(outputs);
    std::vector<double> link_gradient(outputs);
    std::ranges::fill(gradient, 0.0);
    double sum = 0;
    for (const std::size_t i : usable_) {
        const FoldedObservation& observation = set_.observations[i];
        pool(i, weights, 1, links);
        sum += observation.weight * sample_loss(set_.task, std::span<const double>(links), observation);
        std::ranges::fill(link_gradient, 0.0);
        add_loss_gradient(set_.task, std::span<const double>(links), observation, observation.weight / weight_,
                          link_gradient);
        for (std::size_t member = 0; member < members_.size(); ++member) {
            for (std::size_t k = 0; k < outputs; ++k) {
                gradient[member] += link_gradient[k] * static_cast<double>(members_[member][i * outputs + k]);
            }
        }
    }
    return sum / weight_;
}

std::vector<double> blend_weights(const BlendProblem& problem, std::size_t members) {
    if (members < 2 || problem.empty()) return std::vector<double>(members, 1 / static_cast<double>(members));
    std::vector<double> weights(members, 0.0);
    weights[0] = 1;
    Slope slope(problem, members);
    for (int round = 0; round < rounds; ++round) {
        const std::vector<double>& costs = slope.at(weights);
        const std::size_t to = static_cast<std::size_t>(std::ranges::min_element(costs) - costs.begin());
        const std::size_t from = dearest_used(weights, costs);
        if (costs[from] - costs[to] < tolerance) break;
        move_weight(weights, from, to, slope);
    }
    drop_small(weights);
    return weights;
}

double fit_temperature(const BlendProblem& problem, std::span<const double> weights) {
    if (problem.empty()) return 1;
    // As if this many further samples had asked for temperature 1.
    const double pull = 1 / problem.weight();
    const auto cost = [&](double logarithm) {
        return problem.loss(weights, std::exp(logarithm)) + pull * logarithm * logarithm;
    };
    double low = -std::numbers::ln2 * 2;
    double high = std::numbers::ln2 * 2;
    constexpr double ratio = 1 / std::numbers::phi;
    double left = high - ratio * (high - low);
    double right = low + ratio * (high - low);
    double left_cost = cost(left);
    double right_cost = cost(right);
    for (int round = 0; round < 24; ++round) {
        const bool keep_left = left_cost < right_cost;
        (keep_left ? high : low) = keep_left ? right : left;
        (keep_left ? right : left) = keep_left ? left : right;
        (keep_left ? right_cost : left_cost) = keep_left ? left_cost : right_cost;
        if (keep_left) {
            left = high - ratio * (high - low);
            left_cost = cost(left);
        } else {
            right = low + ratio * (high - low);
            right_cost = cost(right);
        }
    }
    return std::exp((low + high) / 2);
}

}  // namespace mml
