// SPDX-License-Identifier: Apache-2.0
// Every gradient that a learner follows, against differences of the loss it belongs to.
#include <cmath>
#include <doctest/doctest.h>
#include <functional>
#include <map>

#include "learners/linear/penalised_loss.hpp"
#include "learners/network/initial_parameters.hpp"
#include "learners/network/network_pass.hpp"
#include "learners/trees/boosting.hpp"
#include "loss_at.hpp"

using namespace mml;
using mml_test::gradient_at;
using mml_test::loss_at;

namespace {

struct Kind {
    const char* name;
    Task task;
    std::size_t classes;
};

constexpr Kind kinds[] = {
    {"two classes", Task::classification, 2}, {"four classes", Task::classification, 4}, {"values", Task::regression, 0}};

using Function = std::function<double(std::span<const double>)>;

// Central, of one variable.
double difference(const Function& function, std::vector<double> at, std::size_t variable, double width) {
    at[variable] += width;
    const double above = function(at);
    at[variable] -= 2 * width;
    return (above - function(at)) / (2 * width);
}

FoldedObservation observed(RandomStream& random, const Kind& kind, std::int32_t row) {
    FoldedObservation observation;
    observation.row = row;
    observation.fold = static_cast<std::int32_t>(random.below(3));
    observation.count = 1;
    observation.weight = 0.5 + random.uniform();
    if (kind.task == Task::regression) {
        observation.value = 2 * random.normal();
    } else {
        observation.class_index = static_cast<std::int32_t>(random.below(static_cast<std::uint64_t>(kind.classes)));
    }
    return observation;
}

// 60 rows of three small whole numbers; every third row was observed twice.
struct Observed {
    SparseRows features{std::vector<float>(3)};
    TrainingSet set;

    explicit Observed(const Kind& kind) : set{features, {}, kind.task, kind.classes, 3, 1} {
        RandomStream random(17);
        for (std::int32_t row = 0; row < 60; ++row) {
            std::vector<float> cells(3);
            for (float& cell : cells) cell = static_cast<float>(random.below(4));
            features.append_dense_row(cells);
            for (int times = row % 3 == 0 ? 2 : 1; times > 0; --times)
                set.observations.push_back(observed(random, kind, row));
        }
    }
};

// The summed loss of all observations, where one output's link of the chosen rows is moved.
double moved_loss(const TrainingSet& set, std::span<const float> links, const std::vector<bool>& chosen, std::size_t output,
                  double by) {
    const auto outputs = set.outputs();
    double sum = 0;
    for (const FoldedObservation& observation : set.observations) {
        const auto row = static_cast<std::size_t>(observation.row);
        const auto of_row = links.subspan(row * outputs, outputs);
        std::vector<double> moved(of_row.begin(), of_row.end());
        if (chosen[row]) moved[output] += by;
        sum += observation.weight * loss_at(set.loss(), std::span<const double>(moved), observation);
    }
    return sum;
}

std::vector<float> scores_after(const BoostedModel& model, int rounds, const TrainingSet& set) {
    std::vector<float> links(static_cast<std::size_t>(set.features.rows()) * set.outputs());
    model.member(rounds).add_scores(set.features, 0, set.features.rows(), 1, links);
    return links;
}

// Four rows of five cells in two groups, some of them off the constant row, with what was observed on each.
struct NetworkFixture {
    SparseRows features{std::vector<float>(5)};
    Encoder encoder;
    TrainingSet set;
    SharedShape shape;
    NetworkParameters parameters;
    std::vector<FoldedObservation> observations;
    double dropout;

    NetworkFixture(const Kind& kind, std::size_t layers, double dropped)
        : set{features, {}, kind.task, kind.classes, 0, 1}, shape{{0, 2, 5}, 3, 9, layers, set.outputs()}, dropout(dropped) {
        features.append_dense_row(std::vector<float>{1.0F, 0, 0, -0.5F, 0});
        features.append_dense_row(std::vector<float>{0, 0.7F, 0, 0, 0});
        features.append_dense_row(std::vector<float>{0.3F, 0, 0.9F, 0, -1.1F});
        features.append_dense_row(std::vector<float>{0, -0.4F, 0, 0, 0.6F});
        encoder = Encoder::fit(features, std::vector<double>(4, 1), {});
        REQUIRE(encoder.outputs() == 5);
        RandomStream random(11);
        parameters = random_parameters(shape, random);
        for (auto& part : parameters) {
            for (float& weight : part.weights) weight += static_cast<float>(0.2 * random.normal());
            for (float& bias : part.bias) bias = static_cast<float>(0.2 * random.normal());
        }
        for (std::int32_t row = 0; row < 4; ++row) observations.push_back(observed(random, kind, row));
    }

    std::size_t links_of_all() const { return shape.members * 4; }
    const FoldedObservation& observation(std::size_t place) const { return observations[place % 4]; }

    std::span<const float> links(NetworkPass& pass, const NetworkParameters& at) const {
        static constexpr std::int32_t chosen[] = {0, 1, 2, 3};
        RandomStream random(1);
        return {pass.forward_dropped(at, chosen, dropout, random), links_of_all() * shape.outputs};
    }

    // The sum over the members of what each of them loses.
    double loss(const NetworkParameters& at) const {
        const NetworkData data{set, encoder, shape};
        NetworkPass pass(data, 8);
        const auto all = links(pass, at);
        const std::size_t outputs = shape.outputs;
        double sum = 0;
        for (std::size_t i = 0; i < links_of_all(); ++i)
            sum += observation(i).weight * loss_at(set.loss(), all.subspan(i * outputs, outputs), observation(i));
        return sum;
    }

    // Reads the gradient out of one AdamW step: where nothing is kept of the first moment it is the gradient. whole: as
    // ranks make the step, with the gradient of all parts at once.
    NetworkParameters gradient(bool whole = false) const {
        const NetworkData data{set, encoder, shape};
        NetworkPass pass(data, 8);
        const auto all = links(pass, parameters);
        const std::size_t outputs = shape.outputs;
        std::vector<double> by_links(all.size());
        for (std::size_t i = 0; i < links_of_all(); ++i) {
            const std::vector<double> found = gradient_at(set.loss(), all.subspan(i * outputs, outputs), observation(i));
            for (std::size_t k = 0; k < outputs; ++k) by_links[i * outputs + k] = observation(i).weight * found[k];
        }
        const std::vector<float> given(by_links.begin(), by_links.end());
        OptimiserState state(shape, parameters);
        AdamStep step;
        step.first_decay = 0;
        NetworkStep update(shape, state, step, step);
        if (whole) {
            WholeGradient all_parts(shape);
            pass.backward(state.weights, given.data(), all_parts);
            all_parts.give_to(update);
        } else {
            pass.backward(state.weights, given.data(), update);
        }
        return state.first;
    }

    // The largest distance between the gradient by a part's weights or biases and the loss's differences.
    double largest_error(std::size_t part, std::vector<float> LayerParameters::*which) const {
        const std::vector<float> found = gradient()[part].*which;
        NetworkParameters at = parameters;
        double largest = 0;
        for (std::size_t i = 0; i < found.size(); ++i) {
            constexpr float width = 2e-4F;  // short, so that hardly any unit has its kink within it
            float& parameter = (at[part].*which)[i];
            const float here = parameter;
            parameter = here + width;
            const double above = loss(at);
            parameter = here - width;
            const double slope = (above - loss(at)) / static_cast<double>(here + width - parameter);
            parameter = here;
            largest = std::max(largest, std::abs(slope - static_cast<double>(found[i])));
        }
        return largest;
    }
};

}  // namespace

TEST_CASE("the gradient of each loss is its slope") {
    for (const Kind& kind : kinds) {
        CAPTURE(std::string(kind.name));
        const SparseRows none;
        const TrainingSet set{none, {}, kind.task, kind.classes, 0, 1};
        RandomStream random(5);
        for (int times = 0; times < 50; ++times) {
            const FoldedObservation first = observed(random, kind, 0), second = observed(random, kind, 0);
            std::vector<double> links(set.outputs());
            for (double& link : links) link = 3 * random.normal();
            const double part = times < 25 ? 1 : random.uniform();  // of the first in the target
            std::vector<double> target(links.size()), gradient(links.size(), 10), ignored(links.size());
            set.loss().add_observed(first, part, target);
            set.loss().add_observed(second, 1 - part, target);
            set.loss().value(links, target, gradient);
            const Function loss = [&](auto at) { return set.loss().value(at, target, ignored); };
            const Function of_both = [&](auto at) {
                return part * set.loss().value(at, first) + (1 - part) * set.loss().value(at, second);
            };
            for (std::size_t k = 0; k < links.size(); ++k) {
                CHECK(gradient[k] == doctest::Approx(difference(loss, links, k, 1e-5)).epsilon(1e-7));
                CHECK(gradient[k] == doctest::Approx(difference(of_both, links, k, 1e-5)).epsilon(1e-7));
            }
            if (part == 1) CHECK(loss(links) == of_both(links));
        }
    }
}

TEST_CASE("the losses stay exact where an exponential would overflow") {
    FoldedObservation first;
    const std::vector<double> far{-800, 800};
    CHECK(loss_of(Task::classification, 2).value(std::span(far).subspan(1), first) == 800);
    CHECK(loss_of(Task::classification, 3).value(far, first) == 1600);
    CHECK(gradient_at(loss_of(Task::classification, 3), std::span(far), first) == std::vector<double>{-1, 1});
}

TEST_CASE("the loss of a class that the model is nearly sure of keeps its digits") {
    FoldedObservation second;
    second.class_index = 1;
    std::vector<double> gradient(1);
    const Loss& loss = loss_of(Task::classification, 2);
    CHECK(loss.value(std::vector<double>{40}, std::vector<double>{1}, gradient) == doctest::Approx(std::exp(-40)));
    CHECK(loss.value(std::vector<double>{40}, second) == doctest::Approx(std::exp(-40)));
}

TEST_CASE("the best link of a loss is that of the mean target, and finite for a class that never or always occurred") {
    CHECK(loss_of(Task::regression, 0).best_link(6, 4) == 1.5);
    CHECK(loss_of(Task::classification, 2).best_link(3, 4) == doctest::Approx(std::log(3)));
    CHECK(loss_of(Task::classification, 3).best_link(1, 4) == doctest::Approx(std::log(0.25)));
    CHECK(loss_of(Task::classification, 2).best_link(0, 4) == doctest::Approx(-std::log(9)));
    CHECK(loss_of(Task::classification, 2).best_link(4, 4) == doctest::Approx(std::log(9)));
}

TEST_CASE("the gradient of the linear model's loss is its slope, with and without a fold left out") {
    for (const Kind& kind : kinds) {
        const Observed data(kind);
        const Encoder encoder = Encoder::fit(data.features, data.set.row_weights(), {});
        EncodedRows rows;
        encoder.encode(data.features, 0, data.features.rows(), rows);
        for (const std::int32_t left_out : {-1, 1}) {
            PenalisedLoss loss(data.set, rows, encoder.outputs(), left_out);
            loss.set_strength(0.7);
            RandomStream random(9);
            std::vector<double> point(loss.size());
            for (double& parameter : point) parameter = random.normal();
            std::vector<double> gradient(point.size(), 1e9);
            std::vector<double> ignored(point.size());
            loss(point, gradient);
            const Function value = [&](auto at) { return loss(at, ignored); };
            for (std::size_t i = 0; i < point.size(); ++i) {
                CAPTURE(std::string(kind.name));
                CAPTURE(i);
                CHECK(gradient[i] == doctest::Approx(difference(value, point, i, 1e-5)).epsilon(1e-6));
            }
        }
    }
}

TEST_CASE("a leaf's value is Newton's step by the first and second differences of the loss, shrunk") {
    for (const Kind& kind : kinds) {
        const Observed data(kind);
        const auto outputs = data.set.outputs();
        // A single output's step is Newton's own; several links that move together take shorter ones (Friedman, 2001).
        const double wider = outputs == 1 ? 1 : static_cast<double>(outputs) / static_cast<double>(outputs - 1);
        const BinnedRows rows(data.features, std::vector<double>(60, 1.0));
        GrowthSettings settings;
        settings.leaves = 4;
        settings.least_count = 5;
        settings.penalty = 0.5;
        const RowTargets targets(data.set);
        BoostedModel model(data.set, targets, -1);
        GrowthSpace space(rows, settings);
        for (int round = 0; round < 3; ++round) {
            model.add_round(draw_sample(rows, 1, RandomStream(1), true), space);
            const std::vector<float> before = scores_after(model, round, data.set);
            const std::vector<float> after = scores_after(model, round + 1, data.set);
            for (std::size_t k = 0; k < outputs; ++k) {
                const auto tree = static_cast<std::size_t>(round) * outputs + k;
                std::map<std::int64_t, std::vector<bool>> leaves;  // by the value added, in steps of 1e-5
                for (std::size_t row = 0; row < 60; ++row) {
                    const double added = static_cast<double>(after[row * outputs + k] - before[row * outputs + k]);
                    leaves.try_emplace(std::llround(added * 1e5), 60, false).first->second[row] = true;
                }
                CAPTURE(std::string(kind.name));
                CAPTURE(tree);
                CHECK(leaves.size() >= 3);
                for (const auto& leaf : leaves) {
                    const std::vector<bool>& chosen = leaf.second;
                    const auto loss = [&](double by) { return moved_loss(data.set, before, chosen, k, by); };
                    const double slope = (loss(1e-4) - loss(-1e-4)) / 2e-4;
                    const double curvature = (loss(1e-3) - 2 * loss(0) + loss(-1e-3)) / 1e-6;
                    const double step = settings.learning_rate * -slope / (wider * curvature + settings.penalty);
                    CHECK(static_cast<double>(leaf.first) * 1e-5 == doctest::Approx(step).epsilon(1e-4).scale(0.1));
                }
            }
        }
    }
}

TEST_CASE("the losses that boosting stops by are those of its scores") {
    for (const Kind& kind : kinds) {
        const Observed data(kind);
        const auto outputs = data.set.outputs();
        const BinnedRows rows(data.features, std::vector<double>(60, 1.0));
        const RowTargets targets(data.set);
        GrowthSpace space(rows, {.leaves = 4, .least_count = 5});
        for (const std::int32_t fold : {-1, 2}) {
            BoostedModel model(data.set, targets, fold);
            for (int round = 0; round < 3; ++round) model.add_round(draw_sample(rows, 1, RandomStream(1), true), space);
            for (int round = 0; round <= 3; ++round) {
                const std::vector<float> links = scores_after(model, round, data.set);
                double expected = 0;
                for (const FoldedObservation& observation : data.set.observations) {
                    const auto of_row =
                        std::span(links).subspan(static_cast<std::size_t>(observation.row) * outputs, outputs);
                    if (fold < 0 || observation.fold == fold)
                        expected +=
                            observation.weight * loss_at(data.set.loss(), std::span<const float>(of_row), observation);
                }
                CHECK(model.losses()[static_cast<std::size_t>(round)] == doctest::Approx(expected).epsilon(1e-6));
            }
        }
    }
}

TEST_CASE("a network's gradients of all parts at once are those that come part by part") {
    for (const Kind& kind : kinds) {
        CAPTURE(std::string(kind.name));
        const NetworkFixture fixture(kind, 2, 0.4);
        const NetworkParameters parts = fixture.gradient(), whole = fixture.gradient(true);
        for (std::size_t part = 0; part < parts.size(); ++part) {
            CHECK(parts[part].weights == whole[part].weights);
            CHECK(parts[part].bias == whole[part].bias);
        }
    }
}

TEST_CASE("gradients of every part of a network, signs too, agree with the loss's differences, also where units drop") {
    for (const Kind& kind : kinds) {
        for (const unsigned layers : {1U, 3U}) {
            for (const double dropout : {0.0, 0.4}) {
                const NetworkFixture fixture(kind, layers, dropout);
                for (std::size_t part = 0; part < fixture.parameters.size(); ++part) {
                    CAPTURE(std::string(kind.name));
                    CAPTURE(part);
                    CAPTURE(dropout);
                    CHECK(fixture.largest_error(part, &LayerParameters::weights) < 1e-2);
                    CHECK(fixture.largest_error(part, &LayerParameters::bias) < 1e-2);
                }
            }
        }
    }
}
