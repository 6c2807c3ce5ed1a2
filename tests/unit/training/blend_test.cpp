// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <doctest/doctest.h>
#include <limits>

#include "base/random.hpp"
#include "training/blend.hpp"

using namespace mml;

namespace {

// 400 samples whose class is the sign of a signal; member `good` sees the signal, `noise` sees something else.
struct Fixture {
    SparseRows features;
    TrainingSet set{features, {}, Task::classification, 2, 4, 1};
    std::vector<float> good, noise;

    Fixture() {
        RandomStream random(5);
        for (int i = 0; i < 400; ++i) {
            const double signal = random.normal();
            FoldedObservation observation;
            observation.class_index = random.uniform() < 1 / (1 + std::exp(-2 * signal)) ? 1 : 0;
            observation.weight = 1;
            set.observations.push_back(observation);
            good.push_back(static_cast<float>(2 * signal));
            noise.push_back(static_cast<float>(2 * random.normal()));
        }
    }
};

}  // namespace

TEST_CASE("the blend leaves out a member that only adds noise") {
    Fixture fixture;
    const BlendProblem problem(fixture.set, {fixture.good, fixture.noise});
    const auto weights = blend_weights(problem, 2);
    CHECK(weights[0] > 0.9);
    CHECK(weights[0] + weights[1] == doctest::Approx(1));
}

TEST_CASE("of two equal members the first is kept") {
    Fixture fixture;
    const BlendProblem problem(fixture.set, {fixture.good, fixture.good});
    CHECK(blend_weights(problem, 2)[0] > 0.5);
}

TEST_CASE("a temperature mends links that are three times too sure") {
    Fixture fixture;
    for (float& link : fixture.good) link *= 3;
    const BlendProblem problem(fixture.set, {fixture.good});
    const std::vector<double> weights{1};
    CHECK(fit_temperature(problem, weights) == doctest::Approx(3).epsilon(0.3));
}

TEST_CASE("observations without a score are left out; none at all leaves the defaults") {
    Fixture fixture;
    std::vector<float> unknown(400, std::numeric_limits<float>::quiet_NaN());
    const BlendProblem problem(fixture.set, {fixture.good, unknown});
    CHECK(problem.empty());
    CHECK(blend_weights(problem, 2) == std::vector<double>{0.5, 0.5});
    const std::vector<double> weights{1, 0};
    CHECK(fit_temperature(problem, weights) == 1);
}
