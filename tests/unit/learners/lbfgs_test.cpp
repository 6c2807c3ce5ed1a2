// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "learners/linear/lbfgs.hpp"

using namespace mml;

TEST_CASE("L-BFGS finds the minimum of an ill-conditioned quadratic") {
    const Objective quadratic = [](std::span<const double> x, std::span<double> gradient) {
        gradient[0] = 2 * (x[0] - 3);
        gradient[1] = 2000 * (x[1] + 1);
        return (x[0] - 3) * (x[0] - 3) + 1000 * (x[1] + 1) * (x[1] + 1) + 1;
    };
    std::vector<double> point(2);
    minimise_lbfgs(quadratic, point, {200, 10, 1e-12}, [] { return false; });
    CHECK(point[0] == doctest::Approx(3).epsilon(1e-4));
    CHECK(point[1] == doctest::Approx(-1).epsilon(1e-4));
}

TEST_CASE("L-BFGS stops when told") {
    const Objective line = [](std::span<const double> x, std::span<double> gradient) {
        gradient[0] = 2 * x[0];
        return x[0] * x[0];
    };
    std::vector<double> point{5};
    minimise_lbfgs(line, point, {}, [] { return true; });
    CHECK(point[0] == 5);
}
