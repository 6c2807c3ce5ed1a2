// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <limits>
#include <vector>

#include "../stops_early.hpp"
#include "base/random.hpp"
#include "training/blend.hpp"

using namespace mml;

namespace {

// 400 samples whose class is the sign of a signal; member `good` sees the signal, `noise` sees something else.
struct Fixture {
    SparseRows features;
    TrainingSet set{features, {}, Task::classification, 2, 4, 1};
    std::vector<float> good, noise;

    explicit Fixture(std::uint64_t seed = 5) {
        RandomStream random(seed);
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

TEST_CASE("the weights are those that a scan of all weights finds, and mostly leave out a member that only adds noise") {
    double noise_weight = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        Fixture fixture(seed);
        const BlendProblem problem(fixture.set, {fixture.good, fixture.noise});
        double best = 0;
        double least_cost = std::numeric_limits<double>::infinity();
        for (int step = 0; step <= 500; ++step) {
            const double other = step / 500.0;
            const double cost =
                problem.loss(std::vector<double>{1 - other, other}) + blend_shrinkage / problem.weight() * other;
            if (cost < least_cost) best = other;
            least_cost = std::min(least_cost, cost);
        }
        const auto weights = blend_weights(problem, 2);
        CAPTURE(seed);
        CHECK(weights[1] == doctest::Approx(best < 0.02 ? 0 : best).epsilon(0.003));
        CHECK(weights[0] + weights[1] == doctest::Approx(1));
        noise_weight += weights[1] / 10;
    }
    CHECK(noise_weight < 0.05);
}

TEST_CASE("no weights of three members are better than those found") {
    Fixture fixture;
    std::vector<float> half(400);
    for (std::size_t i = 0; i < 400; ++i) half[i] = (i % 2 == 0 ? fixture.good : fixture.noise)[i];
    const BlendProblem problem(fixture.set, {fixture.noise, half, fixture.good});
    const auto cost = [&](double second, double third) {
        return problem.loss(std::vector<double>{1 - second - third, second, third}) +
               blend_shrinkage / problem.weight() * (second + third);
    };
    const auto weights = blend_weights(problem, 3);
    const double found = cost(weights[1], weights[2]);
    for (int second = 0; second <= 50; ++second) {
        for (int third = 0; third + second <= 50; ++third) CHECK(cost(second / 50.0, third / 50.0) > found - 1e-5);
    }
}

TEST_CASE("of two equal members the first is kept") {
    Fixture fixture;
    const BlendProblem problem(fixture.set, {fixture.good, fixture.good});
    CHECK(blend_weights(problem, 2)[0] > 0.5);
}

TEST_CASE("observations without a score are left out; none at all leaves the defaults") {
    Fixture fixture;
    std::vector<float> unknown(400, std::numeric_limits<float>::quiet_NaN());
    const BlendProblem problem(fixture.set, {fixture.good, unknown});
    CHECK(problem.empty());
    CHECK(blend_weights(problem, 2) == std::vector<double>{0.5, 0.5});
    CHECK(fit_temperature(problem.pooled(std::vector<double>{1, 0})) == 1);
}

TEST_CASE("the gradients of both pools are those of their losses") {
    Fixture fixture;
    for (const Pool pool : {Pool::log_odds, Pool::probability}) {
        const BlendProblem problem(fixture.set, {fixture.good, fixture.noise}, pool);
        const std::vector<double> weights{0.6, 0.4};
        std::vector<double> gradient(2);
        problem.loss_gradient(weights, gradient);
        for (std::size_t member = 0; member < 2; ++member) {
            std::vector<double> above = weights;
            std::vector<double> below = weights;
            above[member] += 1e-5;
            below[member] -= 1e-5;
            CHECK((problem.loss(above) - problem.loss(below)) / 2e-5 == doctest::Approx(gradient[member]).epsilon(1e-5));
        }
    }
}

TEST_CASE("pooled links have the pool's loss") {
    Fixture fixture;
    for (const Pool pool : {Pool::log_odds, Pool::probability}) {
        const BlendProblem problem(fixture.set, {fixture.good, fixture.noise}, pool);
        const std::vector<double> weights{0.3, 0.7};
        CHECK(problem.pooled(weights).loss({}) == doctest::Approx(problem.loss(weights)).epsilon(1e-6));
    }
}

TEST_CASE("a pool of probabilities is their mean") {
    Fixture fixture;
    const BlendProblem problem(fixture.set, {fixture.good, fixture.noise}, Pool::probability);
    const RatedLinks rated = problem.pooled(std::vector<double>{0.25, 0.75});
    const auto share = [](float link) { return 1 / (1 + std::exp(-static_cast<double>(link))); };
    for (std::size_t i = 0; i < 400; i += 50) {
        const double mean = 0.25 * share(fixture.good[i]) + 0.75 * share(fixture.noise[i]);
        CHECK(share(rated.of(i)[0]) == doctest::Approx(mean).epsilon(1e-5));
    }
}

TEST_CASE("a callback stops the search for weights") {
    Fixture fixture;
    const BlendProblem problem(fixture.set, {fixture.good, fixture.noise});
    CHECK(mml_test::stops_early([&](Supervisor& supervisor) { blend_weights(problem, 2, supervisor); }));
}
