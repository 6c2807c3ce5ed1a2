// SPDX-License-Identifier: Apache-2.0
#include "model/rate_out_of_fold.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include "base/index.hpp"

namespace mml {

namespace {

constexpr double least_probability = 0x1p-23;
constexpr double normal_975 = 1.959963984540054;

double brier_of(std::span<const float> row, std::size_t label) {
    if (row.size() == 2) {
        const double distance = static_cast<double>(row[1]) - static_cast<double>(label);
        return distance * distance;
    }
    double sum = 0;
    for (std::size_t k = 0; k < row.size(); ++k) {
        const double distance = static_cast<double>(row[k]) - (k == label ? 1 : 0);
        sum += distance * distance;
    }
    return sum;
}

double loss_of(std::span<const float> row, std::size_t label) {
    return -std::log(std::clamp(static_cast<double>(row[label]), least_probability, 1 - least_probability));
}

// The mean of a number of each observation, with the interval of a mean of many.
Json mean_json(const RatedProbabilities& rated, double baseline, const std::function<double(std::size_t)>& number) {
    double weight = 0;
    double sum = 0;
    for (std::size_t i = 0; i < rated.size(); ++i) {
        weight += rated.weights[i];
        sum += rated.weights[i] * number(i);
    }
    const double mean = sum / weight;
    double squares = 0;
    for (std::size_t i = 0; i < rated.size(); ++i) {
        const double part = rated.weights[i] * (number(i) - mean);
        squares += part * part;
    }
    const double reach = normal_975 * std::sqrt(squares) / weight;
    return {{"value", mean}, {"interval", Json::array({mean - reach, mean + reach})}, {"baseline", baseline}};
}

}  // namespace

Json rate_out_of_fold(const RatedProbabilities& rated, const Decision& decision) {
    if (rated.size() < 2) return nullptr;
    std::vector<float> shares(rated.class_shares.begin(), rated.class_shares.end());
    const auto most = as_size(std::ranges::max_element(shares) - shares.begin());
    const auto label = [&](std::size_t i) { return as_size(rated.labels[i]); };
    double weight = 0, loss = 0, brier = 0, right = 0;
    for (std::size_t i = 0; i < rated.size(); ++i) {
        weight += rated.weights[i];
        loss += rated.weights[i] * loss_of(shares, label(i));
        brier += rated.weights[i] * brier_of(shares, label(i));
        right += label(i) == most ? rated.weights[i] : 0;
    }
    Json metrics;
    metrics["log_loss"] = mean_json(rated, loss / weight, [&](std::size_t i) { return loss_of(rated.of(i), label(i)); });
    metrics["brier_score"] =
        mean_json(rated, brier / weight, [&](std::size_t i) { return brier_of(rated.of(i), label(i)); });
    metrics["accuracy"] = mean_json(
        rated, right / weight, [&](std::size_t i) { return as_size(decision.decide(rated.of(i))) == label(i) ? 1.0 : 0.0; });
    return {{"rows", rated.size()}, {"metrics", std::move(metrics)}};
}

}  // namespace mml
