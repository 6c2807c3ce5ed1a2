// SPDX-License-Identifier: Apache-2.0
#include "training/blend.hpp"

#include <algorithm>
#include <cmath>

#include "base/index.hpp"

namespace mml {

namespace {

// An end where rounding keeps the tolerance from being reached.
constexpr int rounds = 100;
// Of the mean loss that moving all weight would save at most: far below what any set can tell.
constexpr double tolerance = 1e-6;
// A member that hardly counts costs time and room in every prediction.
constexpr double least_weight = 0.02;
// Of what was observed, where every member is sure of the contrary.
constexpr double least_likelihood = 1e-30;

// What a little more weight on each member costs: the gradient of the shrunk loss.
class Slope {
public:
    Slope(const BlendProblem& problem, std::size_t members, const Pause& pause)
        : problem_(problem), costs_(members), pause_(pause) {}

    const std::vector<double>& at(std::span<const double> weights) {
        pause_();
        problem_.loss_gradient(weights, costs_);
        for (std::size_t member = 1; member < costs_.size(); ++member) costs_[member] += blend_shrinkage / problem_.weight();
        return costs_;
    }

private:
    const BlendProblem& problem_;
    std::vector<double> costs_;
    Pause pause_;
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

BlendProblem::BlendProblem(const TrainingSet& set, std::vector<std::span<const float>> members, Pool pool)
    : set_(set), members_(std::move(members)), pool_(pool) {
    const std::size_t outputs = set.outputs();
    width_ = members_.size() * (pool == Pool::log_odds ? outputs : 1);
    std::vector<double> shares(set.classes);
    for (std::size_t i = 0; i < set.observations.size(); ++i) {
        const bool rated = std::ranges::all_of(members_, [&](auto links) { return std::isfinite(links[i * outputs]); });
        if (!rated) continue;
        usable_.push_back(i);
        weight_ += set.observations[i].weight;
        for (const auto& member : members_) {
            const auto links = member.subspan(i * outputs, outputs);
            if (pool == Pool::log_odds) {
                cells_.insert(cells_.end(), links.begin(), links.end());
            } else {
                write_probabilities(links, 1, shares);
                cells_.push_back(static_cast<float>(item(shares, set.observations[i].class_index)));
            }
        }
    }
}

void BlendProblem::pool_links(std::size_t place, std::span<const double> weights, std::span<double> links) const {
    std::ranges::fill(links, 0.0);
    const float* cell = cells(place).data();
    for (const double weight : weights) {
        for (double& link : links) link += weight * *cell++;
    }
}

double BlendProblem::pool_probability(std::size_t place, std::span<const double> weights) const {
    double sum = 0;
    for (std::size_t member = 0; member < weights.size(); ++member) sum += weights[member] * cells(place)[member];
    return std::max(sum, least_likelihood);
}

double BlendProblem::loss(std::span<const double> weights) const {
    std::vector<double> links(set_.outputs());
    double sum = 0;
    for (std::size_t place = 0; place < usable_.size(); ++place) {
        const FoldedObservation& observation = set_.observations[usable_[place]];
        if (pool_ == Pool::probability) {
            sum -= observation.weight * std::log(pool_probability(place, weights));
        } else {
            pool_links(place, weights, links);
            sum += observation.weight * set_.loss().value(links, observation);
        }
    }
    return sum / weight_;
}

void BlendProblem::loss_gradient(std::span<const double> weights, std::span<double> gradient) const {
    std::vector<double> links(set_.outputs());
    std::vector<double> target(links.size());
    std::vector<double> link_gradient(links.size());
    std::ranges::fill(gradient, 0.0);
    for (std::size_t place = 0; place < usable_.size(); ++place) {
        const FoldedObservation& observation = set_.observations[usable_[place]];
        const double share = observation.weight / weight_;
        const float* cell = cells(place).data();
        if (pool_ == Pool::probability) {
            const double slope = share / pool_probability(place, weights);
            for (double& member : gradient) member -= slope * *cell++;
            continue;
        }
        pool_links(place, weights, links);
        std::ranges::fill(target, 0.0);
        set_.loss().add_observed(observation, 1, target);
        set_.loss().value(links, target, link_gradient);
        for (double& slope : link_gradient) slope *= share;
        for (double& member : gradient) {
            for (const double slope : link_gradient) member += slope * *cell++;
        }
    }
}

RatedLinks BlendProblem::pooled(std::span<const double> weights) const {
    const std::size_t outputs = set_.outputs();
    RatedLinks rated{set_, usable_, std::vector<float>(usable_.size() * outputs)};
    std::vector<double> sums(outputs);
    std::vector<double> shares(set_.classes);
    std::vector<double> pooled_shares(shares.size());
    for (std::size_t place = 0; place < usable_.size(); ++place) {
        const auto out = std::span(rated.links).subspan(place * outputs, outputs);
        if (pool_ == Pool::log_odds) {
            pool_links(place, weights, sums);
            std::ranges::transform(sums, out.begin(), [](double link) { return static_cast<float>(link); });
            continue;
        }
        std::ranges::fill(pooled_shares, 0.0);
        for (std::size_t member = 0; member < members_.size(); ++member) {
            write_probabilities(members_[member].subspan(usable_[place] * outputs, outputs), 1, shares);
            for (std::size_t k = 0; k < shares.size(); ++k) pooled_shares[k] += weights[member] * shares[k];
        }
        write_links(pooled_shares, out);
    }
    return rated;
}

std::vector<double> blend_weights(const BlendProblem& problem, std::size_t members, const Pause& pause) {
    if (members < 2 || problem.empty()) return std::vector<double>(members, 1 / static_cast<double>(members));
    std::vector<double> weights(members, 0.0);
    weights[0] = 1;
    Slope slope(problem, members, pause);
    for (int round = 0; round < rounds; ++round) {
        const std::vector<double>& costs = slope.at(weights);
        const std::size_t to = as_size(std::ranges::min_element(costs) - costs.begin());
        const std::size_t from = dearest_used(weights, costs);
        if (costs[from] - costs[to] < tolerance) break;
        move_weight(weights, from, to, slope);
    }
    drop_small(weights);
    return weights;
}

}  // namespace mml
