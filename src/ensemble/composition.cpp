// SPDX-License-Identifier: Apache-2.0
#include "ensemble/composition.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ensemble/contributions.hpp"

namespace mml {

namespace {

constexpr double least_divisor = 1e-300;
constexpr std::size_t points_of_pool = 16;
constexpr std::size_t points_of_classes = 32;

double log_odds(double probability) { return log_probability(probability) - log_probability(1 - probability); }

// Of one member's links, one a class.
std::vector<double> softmax(std::span<const double> links) {
    const double largest = *std::ranges::max_element(links);
    std::vector<double> shares(links.size());
    std::ranges::transform(links, shares.begin(), [&](double link) { return std::exp(link - largest); });
    const double sum = std::reduce(shares.begin(), shares.end());
    for (double& share : shares) share /= sum;
    return shares;
}

// Not the whole less the one, which would be rounding where the one is nearly all.
double sum_without(std::span<const double> values, std::size_t place) {
    const auto before = values.first(place), after = values.subspan(place + 1);
    return std::reduce(before.begin(), before.end()) + std::reduce(after.begin(), after.end());
}

std::vector<double> between(std::span<const double> from, std::span<const double> to, double at) {
    std::vector<double> point(from.size());
    for (std::size_t i = 0; i < point.size(); ++i) point[i] = from[i] + at * (to[i] - from[i]);
    return point;
}

}  // namespace

Composition::Composition(const Ensemble& ensemble)
    : ensemble_(ensemble), width_(ensemble.links_a_row()), members_(ensemble.parts().size()) {}

// Of two classes or a value.
double Composition::pooled(std::span<const double> links) const {
    double positive = 0;
    double negative = 0;
    double sum = 0;
    for (std::size_t m = 0; m < members_; ++m) {
        positive += weight(m) * sigmoid(links[m]);
        negative += weight(m) * sigmoid(-links[m]);
        sum += weight(m) * links[m];
    }
    return ensemble_.scale().pool == Pool::log_odds ? sum : log_probability(positive) - log_probability(negative);
}

double Composition::calibrated(double pooled) const {
    const Ensemble::Scale& scale = ensemble_.scale();
    if (scale.task == Task::regression) return scale.mean + scale.deviation * pooled;
    const double link = pooled / scale.calibration.temperature;
    return scale.calibration.curves.empty() ? link : log_odds(scale.calibration.curves[0].at(sigmoid(link)));
}

std::vector<double> Composition::pooled_slopes(std::span<const double> from, std::span<const double> to) const {
    static const Quadrature quadrature(points_of_pool);
    std::vector<double> slopes(members_);
    if (ensemble_.scale().pool == Pool::log_odds) {
        for (std::size_t m = 0; m < members_; ++m) slopes[m] = weight(m);
        return slopes;
    }
    for (std::size_t t = 0; t < points_of_pool; ++t) {
        const std::vector<double> links = between(from, to, quadrature.at[t]);
        double positive = 0;
        for (std::size_t m = 0; m < members_; ++m) positive += weight(m) * sigmoid(links[m]);
        const double spread = std::max(positive * (1 - positive), least_divisor);
        for (std::size_t m = 0; m < members_; ++m)
            slopes[m] += quadrature.weight[t] * weight(m) * sigmoid(links[m]) * sigmoid(-links[m]) / spread;
    }
    return slopes;
}

// The logarithms of the classes' pooled shares, but for a constant, over the temperature.
std::vector<double> Composition::exponents(std::span<const double> links) const {
    const Ensemble::Scale& scale = ensemble_.scale();
    std::vector<double> sums(width_);
    for (std::size_t m = 0; m < members_; ++m) {
        const auto own = links.subspan(m * width_, width_);
        const std::vector<double> terms =
            scale.pool == Pool::log_odds ? std::vector<double>(own.begin(), own.end()) : softmax(own);
        for (std::size_t k = 0; k < width_; ++k) sums[k] += weight(m) * terms[k];
    }
    for (double& sum : sums)
        sum = (scale.pool == Pool::log_odds ? sum : log_probability(sum)) / scale.calibration.temperature;
    return sums;
}

// What the classes' probabilities are in proportion to; `shares`, where wanted: before the curves.
std::vector<double> Composition::weighed(std::span<const double> exponents, std::vector<double>* shares) const {
    std::vector<double> values = softmax(exponents);
    if (shares != nullptr) *shares = values;
    const auto& curves = ensemble_.scale().calibration.curves;
    for (std::size_t k = 0; k < width_ && !curves.empty(); ++k) values[k] = curves[k].at(values[k]);
    for (double& value : values) value = std::max(value, least_divisor);
    return values;
}

std::vector<double> Composition::answer(std::span<const double> links) const {
    if (width_ == 1) return {calibrated(pooled(links))};
    const std::vector<double> values = weighed(exponents(links), nullptr);
    std::vector<double> answers(width_);
    for (std::size_t k = 0; k < width_; ++k)
        answers[k] = log_probability(values[k]) - log_probability(sum_without(values, k));
    return answers;
}

std::vector<double> Composition::mean_gradient(std::span<const double> from, std::span<const double> to) const {
    if (width_ == 1) {
        constexpr double least_step = 1e-6;
        const double low = pooled(from);
        const double high = pooled(to);
        const double slope = std::abs(high - low) < least_step
                                 ? (calibrated(high + least_step) - calibrated(high - least_step)) / (2 * least_step)
                                 : (calibrated(high) - calibrated(low)) / (high - low);
        std::vector<double> slopes = pooled_slopes(from, to);
        for (double& each : slopes) each *= slope;
        return slopes;
    }
    static const Quadrature quadrature(points_of_classes);
    std::vector<double> gradient(width_ * members_ * width_);
    for (std::size_t t = 0; t < points_of_classes; ++t)
        add_gradient(between(from, to, quadrature.at[t]), quadrature.weight[t], gradient);
    return gradient;
}

void Composition::add_gradient(std::span<const double> links, double weight, std::span<double> gradient) const {
    const auto& curves = ensemble_.scale().calibration.curves;
    std::vector<double> shares;
    const std::vector<double> values = weighed(exponents(links), &shares);
    std::vector<double> by_exponents(width_);
    for (std::size_t answer = 0; answer < width_; ++answer) {
        const double others = std::max(sum_without(values, answer), least_divisor);
        // By the logarithm of each value, then by the exponents.
        for (std::size_t k = 0; k < width_; ++k) by_exponents[k] = k == answer ? 1 : -values[k] / others;
        if (!curves.empty()) {
            double mean = 0;
            for (std::size_t k = 0; k < width_; ++k) {
                by_exponents[k] *= curves[k].slope(shares[k]) / values[k];
                mean += by_exponents[k] * shares[k];
            }
            for (std::size_t k = 0; k < width_; ++k) by_exponents[k] = shares[k] * (by_exponents[k] - mean);
        }
        add_by_links(links, by_exponents, weight, gradient.subspan(answer * members_ * width_, members_ * width_));
    }
}

// From the gradient of one answer by the exponents to that by the members' links.
void Composition::add_by_links(std::span<const double> links, std::span<const double> by_exponents, double weight,
                               std::span<double> gradient) const {
    const Ensemble::Scale& scale = ensemble_.scale();
    const double unit = weight / scale.calibration.temperature;
    if (scale.pool == Pool::log_odds) {
        for (std::size_t i = 0; i < gradient.size(); ++i)
            gradient[i] += unit * this->weight(i / width_) * by_exponents[i % width_];
        return;
    }
    std::vector<double> sums(width_);
    std::vector<std::vector<double>> shares;
    for (std::size_t m = 0; m < members_; ++m) {
        shares.push_back(softmax(links.subspan(m * width_, width_)));
        for (std::size_t k = 0; k < width_; ++k) sums[k] += this->weight(m) * shares[m][k];
    }
    for (std::size_t m = 0; m < members_; ++m) {
        std::vector<double> by_shares(width_);
        double mean = 0;
        for (std::size_t k = 0; k < width_; ++k) {
            by_shares[k] = this->weight(m) * by_exponents[k] / std::max(sums[k], least_divisor);
            mean += by_shares[k] * shares[m][k];
        }
        for (std::size_t k = 0; k < width_; ++k) gradient[m * width_ + k] += unit * shares[m][k] * (by_shares[k] - mean);
    }
}

}  // namespace mml
