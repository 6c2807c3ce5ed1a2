// SPDX-License-Identifier: Apache-2.0
#include "training/blend.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "learners/loss.hpp"

namespace mml {

namespace {

// In units of one sample's loss: what the blend must save over the whole set to leave the simplest member entirely. On sets
// of some hundred samples the weights would else follow the noise.
constexpr double shrinkage = 2;
constexpr int rounds = 300;
// A member that hardly counts costs time and room in every prediction.
constexpr double least_weight = 0.02;

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
    std::vector<double> weights(members, 1 / static_cast<double>(members));
    if (members < 2 || problem.empty()) return weights;
    std::vector<double> gradient(members);
    const double charge = shrinkage / problem.weight();
    for (int round = 0; round < rounds; ++round) {
        const double loss = problem.loss_and_gradient(weights, gradient);
        for (std::size_t member = 1; member < members; ++member) gradient[member] += charge;
        const double rate = 2 / (loss + 1e-3) / (1 + round / 50.0);
        const double least = *std::ranges::min_element(gradient);
        double sum = 0;
        for (std::size_t member = 0; member < members; ++member) {
            weights[member] *= std::exp(-std::min(rate * (gradient[member] - least), 50.0));
            sum += weights[member];
        }
        for (double& weight : weights) weight = std::max(weight / sum, 1e-9);
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
