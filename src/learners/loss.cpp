// SPDX-License-Identifier: Apache-2.0
#include "learners/loss.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "base/index.hpp"
#include "ensemble/pool.hpp"

namespace mml {

namespace {

// Kept off 0 and 1 as if half a sample more might have told otherwise.
double open_probability(double sum, double weight) {
    const double least = 0.5 / (weight + 1);
    return std::clamp(sum / weight, least, 1 - least);
}

// Of a class: where the model is sure and wrong there is hardly any curvature.
constexpr double largest_link_step = 10;

// Of a standardised value; the link is the estimate.
class SquaredLoss final : public Loss {
public:
    void add_observed(const FoldedObservation& observed, double weight, std::span<double> target) const override {
        target[0] += weight * observed.value;
    }

    double value(std::span<const double> links, const FoldedObservation& observed) const override {
        const double error = links[0] - observed.value;
        return 0.5 * error * error;
    }

    double value(std::span<const double> links, std::span<const double> target, std::span<double> gradient) const override {
        const double error = links[0] - target[0];
        gradient[0] = error;
        return 0.5 * error * error;
    }

    double best_link(double sum, double weight) const override { return sum / weight; }
    double largest_step() const override { return 1e6; }

    double fixed_value(const FoldedObservation& observed, double weight) const override {
        return 0.5 * weight * observed.value * observed.value;
    }

    void add_values(const LossRows& rows, std::span<float> /*means*/, double& sum) const override {
        for (std::size_t row = 0; row < rows.size(); ++row) {
            if (rows.weights[row] <= 0) continue;
            const double link = rows.links[row];
            sum += (0.5 * rows.weights[row] * link - rows.sums[row]) * link;
        }
    }

    void write_slopes(const LossRows& rows, std::span<const float> /*means*/, std::span<LossSlope> slopes) const override {
        for (std::size_t row = 0; row < rows.size(); ++row)
            slopes[row] = {rows.weights[row] * rows.links[row] - rows.sums[row], rows.weights[row]};
    }
};

// Of the second of two classes; the link is its log-odds.
class LogisticLoss final : public Loss {
public:
    void add_observed(const FoldedObservation& observed, double weight, std::span<double> target) const override {
        target[0] += observed.class_index == 1 ? weight : 0;
    }

    double value(std::span<const double> links, const FoldedObservation& observed) const override {
        return softplus(observed.class_index == 1 ? -links[0] : links[0], rarer_odds(links[0]));
    }

    // Where one class alone was observed no digits cancel.
    double value(std::span<const double> links, std::span<const double> target, std::span<double> gradient) const override {
        const double link = links[0];
        const double probability = target[0];
        const double odds = rarer_odds(link);
        gradient[0] = (link >= 0 ? 1 / (1 + odds) : odds / (1 + odds)) - probability;
        return probability == 1 ? softplus(-link, odds) : softplus(link, odds) - probability * link;
    }

    double best_link(double sum, double weight) const override {
        const double probability = open_probability(sum, weight);
        return std::log(probability / (1 - probability));
    }
    double largest_step() const override { return largest_link_step; }

    bool keeps_means() const override { return true; }

    // Most models are of two classes, and one exponential a row gives the loss of this round and the derivatives of the
    // next: in vectors of float, whose rounding no split or number of rounds depends on.
    void add_values(const LossRows& rows, std::span<float> means, double& sum) const override {
        constexpr std::size_t rows_a_step = 256;
        for (std::size_t first = 0; first < rows.size(); first += rows_a_step)
            add_some(rows, first, std::min(rows_a_step, rows.size() - first), means, sum);
    }

    void write_slopes(const LossRows& rows, std::span<const float> means, std::span<LossSlope> slopes) const override {
        for (std::size_t row = 0; row < rows.size(); ++row) {
            const double weight = rows.weights[row];
            const double probability = means[row];
            slopes[row] = {weight * probability - rows.sums[row], weight * probability * (1 - probability)};
        }
    }

private:
    static double rarer_odds(double link) { return std::exp(-std::abs(link)); }
    // log(1 + exp(x)), without overflow.
    static double softplus(double x, double odds) { return std::max(x, 0.0) + std::log1p(odds); }

    static void add_some(const LossRows& all, std::size_t first, std::size_t count, std::span<float> means, double& sum) {
        using Numbers = Eigen::Array<float, Eigen::Dynamic, 1, 0, 256, 1>;
        const auto rows = static_cast<Eigen::Index>(count);
        const Eigen::Map<const Eigen::ArrayXf> links(all.links.data() + first, rows);
        const Eigen::Map<const Eigen::ArrayXd> weights(all.weights.data() + first, rows);
        const Eigen::Map<const Eigen::ArrayXd> sums(all.sums.data() + first, rows);
        const Numbers rarer = (-links.abs()).exp();
        const Numbers softplus = links.max(0) + (1 + rarer).log();
        Eigen::Map<Eigen::ArrayXf>(means.data() + first, rows) = (links >= 0).select(1, rarer) / (1 + rarer);
        sum += (weights * softplus.cast<double>() - sums * links.cast<double>()).sum();
    }
};

// Of one of more classes; links are log-probabilities, up to a constant.
class SoftmaxLoss final : public Loss {
public:
    void add_observed(const FoldedObservation& observed, double weight, std::span<double> target) const override {
        item(target, observed.class_index) += weight;
    }

    double value(std::span<const double> links, const FoldedObservation& observed) const override {
        return log_sum_exp(links) - item(links, observed.class_index);
    }

    double value(std::span<const double> links, std::span<const double> target, std::span<double> gradient) const override {
        const double normaliser = log_sum_exp(links);
        double loss = normaliser;
        for (std::size_t k = 0; k < links.size(); ++k) {
            gradient[k] = std::exp(links[k] - normaliser) - target[k];
            loss -= target[k] * links[k];
        }
        return loss;
    }

    double best_link(double sum, double weight) const override { return std::log(open_probability(sum, weight)); }
    double largest_step() const override { return largest_link_step; }

    void add_values(const LossRows& rows, std::span<float> /*means*/, double& sum) const override {
        for (std::size_t row = 0; row < rows.size(); ++row) {
            if (rows.weights[row] <= 0) continue;
            const std::span<const float> links = rows.links_of(row);
            double loss = rows.weights[row] * log_sum_exp(links);
            const std::span<const double> sums = rows.sums_of(row);
            for (std::size_t k = 0; k < links.size(); ++k) loss -= sums[k] * links[k];
            sum += loss;
        }
    }

    // With the curvature of each link alone the links together would step too far (Friedman, 2001).
    void write_slopes(const LossRows& rows, std::span<const float> /*means*/, std::span<LossSlope> slopes) const override {
        const std::size_t outputs = rows.outputs();
        const double wider = static_cast<double>(outputs) / static_cast<double>(outputs - 1);
        for (std::size_t row = 0; row < rows.size(); ++row) {
            const double weight = rows.weights[row];
            if (weight <= 0) continue;
            const std::span<const float> links = rows.links_of(row);
            const std::span<const double> sums = rows.sums_of(row);
            const double normaliser = log_sum_exp(links);
            for (std::size_t k = 0; k < outputs; ++k) {
                const double probability = std::exp(links[k] - normaliser);
                slopes[row * outputs + k] = {weight * probability - sums[k],
                                             wider * weight * probability * (1 - probability)};
            }
        }
    }

private:
    // log of the sum of exponentials, without overflow.
    template <typename Number>
    static double log_sum_exp(std::span<const Number> values) {
        const double largest = *std::ranges::max_element(values);
        double sum = 0;
        for (const Number value : values) sum += std::exp(value - largest);
        return largest + std::log(sum);
    }
};

}  // namespace

const Loss& loss_of(Task task, std::size_t classes) {
    static const SquaredLoss squared;
    static const LogisticLoss logistic;
    static const SoftmaxLoss softmax;
    if (task == Task::regression) return squared;
    if (classes == 2) return logistic;
    return softmax;
}

}  // namespace mml
