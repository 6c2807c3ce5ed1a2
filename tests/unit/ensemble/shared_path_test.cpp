// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <doctest/doctest.h>
#include <numeric>

#include "base/random.hpp"
#include "ensemble/shared_path.hpp"

using namespace mml;

TEST_CASE("the mean gradient of networks of shared weights hardly needs what make_sum() shares out") {
    RandomStream random(12);
    const SharedShape shape{{0, 2, 4}, 3, 6, 2, 3};
    for (const Task task : {Task::classification, Task::regression}) {
        SharedShape here = shape;
        if (task == Task::regression) here.outputs = 1;
        std::vector<NetworkParameters> networks(1);
        for (std::size_t part = 0; part < here.parts(); ++part) {
            LayerParameters parameters{std::vector<float>(here.weight_count(part)),
                                       std::vector<float>(here.bias_count(part))};
            for (float& weight : parameters.weights) weight = static_cast<float>(0.5 * random.normal());
            for (float& each : parameters.bias) each = 2.0F;  // no unit's kink is on the way: the quadrature is exact
            networks[0].push_back(std::move(parameters));
        }
        SharedPath path(here, task, networks);
        const std::vector<double> base = path.base();
        path.take_row({0.3F, -0.2F, 0.25F, 0.1F});
        const std::vector<double> links = path.links();
        path.integrate();
        std::vector<double> parts(4);
        for (std::size_t k = 0; k < here.outputs; ++k) {
            path.write_parts(k, parts);
            CHECK(std::abs(links[k] - base[k]) > 1e-3);
            CHECK(std::accumulate(parts.begin(), parts.end(), base[k]) == doctest::Approx(links[k]).epsilon(1e-3));
        }
    }
}
