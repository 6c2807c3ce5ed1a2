// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <doctest/doctest.h>
#include <vector>

#include "base/random.hpp"
#include "ensemble/shared_path.hpp"

using namespace mml;

namespace {

std::vector<NetworkParameters> random_networks(const SharedShape& shape, std::uint64_t seed) {
    RandomStream random(seed);
    std::vector<NetworkParameters> networks(2);
    for (NetworkParameters& network : networks) {
        for (std::size_t part = 0; part < shape.parts(); ++part) {
            LayerParameters parameters{std::vector<float>(shape.weight_count(part)),
                                       std::vector<float>(shape.bias_count(part))};
            for (float& weight : parameters.weights) weight = static_cast<float>(0.5 * random.normal());
            for (float& each : parameters.bias) each = static_cast<float>(0.5 * random.normal());
            network.push_back(std::move(parameters));
        }
    }
    return networks;
}

// What 16 points miss at the kinks of the ReLUs is within the bound of the case; row[input] times the mean slope of link k
// on the way from 0 to the row, by differences of many points.
double part_by_differences(SharedPath& path, const std::vector<float>& row, std::size_t input, std::size_t k) {
    constexpr int points = 400;
    constexpr float step = 1.0F / 256;
    double sum = 0;
    for (int point = 0; point < points; ++point) {
        std::vector<float> place = row;
        for (float& cell : place) cell *= (static_cast<float>(point) + 0.5F) / points;
        const float cell = place[input];
        place[input] = cell + step;
        path.take_row(place);
        const double above = path.links()[k];
        place[input] = cell - step;
        path.take_row(place);
        sum += (above - path.links()[k]) / (2 * step);
    }
    return row[input] * sum / points;
}

}  // namespace

TEST_CASE("the parts of networks of shared weights are mean slopes on the way from the mean row") {
    const std::vector<float> row{0.75F, -1.5F, 2, 0, -0.5F};
    for (const std::size_t layers : {1U, 2U, 3U}) {
        for (const auto& [outputs, task] : {std::pair(std::size_t{1}, Task::classification),
                                            {std::size_t{3}, Task::classification},
                                            {std::size_t{1}, Task::regression}}) {
            const SharedShape shape{{0, 2, 5}, 4, 24, layers, outputs};
            const std::vector<NetworkParameters> networks = random_networks(shape, 20 + layers);
            SharedPath path(shape, task, networks);
            std::vector<std::vector<double>> found(outputs, std::vector<double>(row.size()));
            path.take_row(row);
            path.integrate();
            for (std::size_t k = 0; k < outputs; ++k) path.write_parts(k, found[k]);
            for (std::size_t k = 0; k < outputs; ++k) {
                double largest = 0;
                for (const double part : found[k]) largest = std::max(largest, std::abs(part));
                for (std::size_t input = 0; input < row.size(); ++input) {
                    const double expected = part_by_differences(path, row, input, k);
                    CHECK(std::abs(found[k][input] - expected) < 0.15 * largest);
                }
            }
        }
    }
}
