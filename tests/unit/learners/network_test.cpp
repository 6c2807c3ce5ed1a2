// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <doctest/doctest.h>

#include "learners/loss.hpp"
#include "learners/network/network.hpp"
#include "learners/network/network_pass.hpp"

using namespace mml;

namespace {

// Four rows of five cells, about half of them off the constant row.
struct Fixture {
    SparseRows features{std::vector<float>(5)};
    EncodedRows rows;
    std::vector<float> constant{0.1F, -0.2F, 0.3F, 0.0F, 0.5F};
    NetworkShape shape{5, 4, 2, 3};
    TrainingSet set{features, {}, Task::classification, 3, 0, 1};
    NetworkParameters parameters;
    std::vector<std::int32_t> chosen{0, 1, 2, 3};

    Fixture() {
        rows.starts = {0, 2, 3, 6, 8};
        rows.columns = {0, 3, 1, 0, 2, 4, 1, 4};
        rows.values = {1.0F, -0.5F, 0.7F, 0.3F, 0.9F, -1.1F, -0.4F, 0.6F};
        RandomStream random(3);
        parameters = random_parameters(shape, random);
        for (auto& layer : parameters) {
            for (float& weight : layer.weights) weight += static_cast<float>(0.2 * random.normal());
            for (float& bias : layer.bias) bias = static_cast<float>(0.2 * random.normal());
        }
    }

    double loss(bool dense, const NetworkParameters& at) {
        const NetworkData data{set, rows, constant, shape, dense};
        NetworkPass pass(data, 8);
        const float* links = pass.forward(at, chosen.data(), 4);
        double sum = 0;
        for (int r = 0; r < 4; ++r) {
            FoldedObservation observation;
            observation.class_index = r % 3;
            sum += sample_loss(Task::classification, std::span(links + r * 3, 3), observation);
        }
        return sum;
    }

    // Reads the gradient out of one AdamW step: with no history its first moment is (1 - decay) * gradient.
    NetworkParameters gradient(bool dense) {
        const NetworkData data{set, rows, constant, shape, dense};
        NetworkPass pass(data, 8);
        RandomStream random(1);
        const float* links = pass.forward_dropped(parameters, chosen.data(), 4, 0, random);
        std::vector<float> link_gradient(12);
        for (int r = 0; r < 4; ++r) {
            FoldedObservation observation;
            observation.class_index = r % 3;
            std::vector<double> row(3);
            add_loss_gradient(Task::classification, std::span(links + r * 3, 3), observation, 1, row);
            for (int k = 0; k < 3; ++k)
                link_gradient[static_cast<std::size_t>(r * 3 + k)] = static_cast<float>(row[static_cast<std::size_t>(k)]);
        }
        OptimiserState state(shape, parameters);
        AdamStep step;
        step.first_decay = 0;
        pass.step(state, link_gradient.data(), step, step);
        return state.first;
    }
};

}  // namespace

TEST_CASE("gradients of every layer agree with finite differences, sparse and dense") {
    for (const bool dense : {false, true}) {
        Fixture fixture;
        const NetworkParameters gradient = fixture.gradient(dense);
        for (std::size_t layer = 0; layer < gradient.size(); ++layer) {
            for (std::size_t i = 0; i < gradient[layer].weights.size(); ++i) {
                NetworkParameters above = fixture.parameters, below = fixture.parameters;
                above[layer].weights[i] += 2e-3F;
                below[layer].weights[i] -= 2e-3F;
                const double slope = (fixture.loss(dense, above) - fixture.loss(dense, below)) / 4e-3;
                CHECK(static_cast<double>(gradient[layer].weights[i]) == doctest::Approx(slope).epsilon(0.02).scale(1));
            }
            for (std::size_t i = 0; i < gradient[layer].bias.size(); ++i) {
                NetworkParameters above = fixture.parameters, below = fixture.parameters;
                above[layer].bias[i] += 2e-3F;
                below[layer].bias[i] -= 2e-3F;
                const double slope = (fixture.loss(dense, above) - fixture.loss(dense, below)) / 4e-3;
                CHECK(static_cast<double>(gradient[layer].bias[i]) == doctest::Approx(slope).epsilon(0.02).scale(1));
            }
        }
    }
}

TEST_CASE("the sparse and the dense path give the same loss") {
    Fixture fixture;
    CHECK(fixture.loss(false, fixture.parameters) == doctest::Approx(fixture.loss(true, fixture.parameters)).epsilon(1e-5));
}

TEST_CASE("every instruction set of this processor gives the same sums") {
    std::vector<const Kernels*> sets{&kernels_baseline};
#if defined(__x86_64__)
    if (&kernels() != &kernels_baseline) sets.push_back(&kernels());
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2"))
        sets.push_back(&kernels_avx2);
#endif
    const std::vector<float> x{1, -2, 3}, weights{1, 2, 3, 4, 5, 6}, bias{0.5F, -0.5F};
    for (const Kernels* set : sets) {
        std::vector<float> out(2);
        set->dense_row(3, 2, x.data(), weights.data(), bias.data(), out.data());
        CHECK(out[0] == doctest::Approx(10.5));
        CHECK(out[1] == doctest::Approx(11.5));
    }
}
