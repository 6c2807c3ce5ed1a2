// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cmath>
#include <doctest/doctest.h>
#include <functional>
#include <limits>
#include <numeric>

#include "../status_of.hpp"
#include "base/random.hpp"
#include "learners/trees/trees.hpp"
#include "loss_at.hpp"

using namespace mml;

namespace {

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

Config quick() {
    Config config;
    config.set("trees", "40");
    return config;
}

// Rows of small whole numbers, whose class or value is a function of the row; every fourth is of one fold.
struct Problem {
    SparseRows features;
    TrainingSet set;

    Problem(std::int64_t rows, std::size_t columns, Task task, std::size_t classes,
            const std::function<double(std::span<const float>)>& target)
        : features(std::vector<float>(columns)), set{features, {}, task, classes, 4, 1} {
        RandomStream random(11);
        std::vector<float> cells(columns);
        for (std::int64_t row = 0; row < rows; ++row) {
            for (float& cell : cells) cell = static_cast<float>(random.below(4));
            features.append_dense_row(cells);
            FoldedObservation observation;
            observation.row = static_cast<std::int32_t>(row);
            observation.fold = static_cast<std::int32_t>(row % 4);
            observation.count = 1;
            observation.weight = 1;
            if (task == Task::regression) {
                observation.value = target(cells);
            } else {
                observation.class_index = static_cast<std::int32_t>(target(cells));
            }
            set.observations.push_back(observation);
        }
    }

    Fit fit(const Config& config, int threads = 1, double time_limit = 0) const {
        Supervisor supervisor({threads, time_limit, {}});
        return TreesLearner().fit(set, config, Progress(supervisor));
    }

    double mean_loss(std::span<const float> links) const {
        const auto outputs = set.outputs();
        double loss = 0;
        for (std::size_t i = 0; i < set.observations.size(); ++i)
            loss += mml_test::loss_at(set.loss(), links.subspan(i * outputs, outputs), set.observations[i]);
        return loss / static_cast<double>(set.observations.size());
    }
};

double exclusive_or(std::span<const float> cells) { return (cells[0] > 1.5F) != (cells[1] > 1.5F) ? 1 : 0; }
double of_three(std::span<const float> cells) { return cells[0] < 0.5F ? 0 : cells[1] < 1.5F ? 1 : 2; }
double product(std::span<const float> cells) { return static_cast<double>((cells[0] - 1.5F) * (cells[1] - 1.5F)); }

std::vector<float> scores(const Member& member, const SparseRows& rows, int outputs) {
    std::vector<float> links(static_cast<std::size_t>(rows.rows() * outputs));
    member.add_scores(rows, 0, rows.rows(), 1, links);
    return links;
}

Tensors stored(const Member& member) {
    Tensors tensors;
    member.store(tensors, "t.");
    return tensors;
}

}  // namespace

TEST_CASE("trees learn what only two columns together tell") {
    const Problem problem(800, 4, Task::classification, 2, exclusive_or);
    const Fit fit = problem.fit(quick());
    CHECK(problem.mean_loss(fit.out_of_fold) < 0.1);
    CHECK(problem.mean_loss(scores(*fit.member, problem.features, 1)) < 0.1);
}

TEST_CASE("trees learn three classes") {
    const Problem problem(800, 3, Task::classification, 3, of_three);
    const Fit fit = problem.fit(quick());
    REQUIRE(fit.out_of_fold.size() == 2400);
    CHECK(problem.mean_loss(fit.out_of_fold) < 0.1);
    CHECK(problem.mean_loss(scores(*fit.member, problem.features, 3)) < 0.1);
}

TEST_CASE("trees learn a product of two columns") {
    const Problem problem(800, 3, Task::regression, 0, product);
    const Fit fit = problem.fit(quick());
    // The target's variance is 1.25 * 1.25: half of it is the loss of a constant.
    CHECK(problem.mean_loss(fit.out_of_fold) < 0.05);
}

TEST_CASE("columns that tell nothing leave few trees or none") {
    RandomStream random(3);
    const Problem problem(400, 5, Task::classification, 2, [&](auto) { return static_cast<double>(random.below(2)); });
    const Fit fit = problem.fit(quick());
    CHECK(fit.description["trees"].get<int>() < 10);
    CHECK(problem.mean_loss(fit.out_of_fold) < std::log(2.0) + 0.02);
}

TEST_CASE("constant columns give each fold the class shares of the others") {
    Problem problem(8, 1, Task::classification, 2, [](auto) { return 0.0; });
    SparseRows constant(std::vector<float>{5});
    constant.append_dense_row(std::vector<float>{5});
    TrainingSet set{constant, problem.set.observations, Task::classification, 2, 2, 1};
    // Fold 0 has one of four of class 1, fold 1 has three of four.
    for (std::size_t i = 0; i < 8; ++i) {
        set.observations[i].row = 0;
        set.observations[i].fold = i < 4 ? 0 : 1;
        set.observations[i].class_index = i == 0 || i > 4 ? 1 : 0;
    }
    Supervisor supervisor({1, 0, {}});
    const Fit fit = TreesLearner().fit(set, quick(), Progress(supervisor));
    CHECK(fit.out_of_fold[0] == doctest::Approx(std::log(3.0)));
    CHECK(fit.out_of_fold[7] == doctest::Approx(-std::log(3.0)));
    CHECK(scores(*fit.member, constant, 1) == std::vector<float>{0});
}

TEST_CASE("a set without folds gets a member, but no scores out of fold") {
    Problem problem(60, 2, Task::classification, 2, exclusive_or);
    problem.set.folds = 0;
    for (FoldedObservation& observation : problem.set.observations) observation.fold = 0;
    const Fit fit = problem.fit(quick());
    REQUIRE(fit.member);
    CHECK(problem.mean_loss(scores(*fit.member, problem.features, 1)) < std::log(2.0));
    REQUIRE(fit.out_of_fold.size() == 60);
    CHECK(std::isnan(fit.out_of_fold[0]));
}

TEST_CASE("a class that is never seen gets a finite score") {
    Problem problem(40, 2, Task::classification, 3, [](auto) { return 1.0; });
    problem.set.folds = 0;
    const Fit fit = problem.fit(quick());
    const std::vector<float> links = scores(*fit.member, problem.features, 3);
    for (const float link : links) CHECK(std::isfinite(link));
    CHECK(links[1] > links[0] + 2);
}

TEST_CASE("weights that differ by a billion leave every score finite") {
    Problem problem(400, 3, Task::classification, 2, exclusive_or);
    for (std::size_t i = 0; i < 400; i += 7) problem.set.observations[i].weight = 1e9;
    const Fit fit = problem.fit(quick());
    for (const float link : fit.out_of_fold) CHECK(std::isfinite(link));
}

TEST_CASE("the number of threads changes no bit of a fit") {
    for (const unsigned classes : {2U, 3U}) {
        const Problem problem(500, 40, Task::classification, classes, classes == 2 ? exclusive_or : of_three);
        const Fit one = problem.fit(quick(), 1);
        const Fit three = problem.fit(quick(), 3);
        CHECK(one.out_of_fold == three.out_of_fold);
        CHECK(one.curves[0].validation_loss == three.curves[0].validation_loss);
        CHECK(stored(*one.member).get<float>("t.value", {-1}) == stored(*three.member).get<float>("t.value", {-1}));
    }
}

TEST_CASE("the shape of trees is the best out of fold on small sets, and what options say") {
    const auto described = [](const Problem& problem, const std::vector<std::pair<const char*, const char*>>& options) {
        Config config = quick();
        for (const auto& [name, value] : options) config.set(name, value);
        const auto description = problem.fit(config).description;
        return std::pair(description["leaves"].get<int>(), description["samples_of_a_leaf"].get<int>());
    };
    RandomStream random(8);
    const Problem simple(300, 6, Task::classification, 2,
                         [&](auto cells) { return random.uniform() < (cells[0] < 1.5F ? 0.3 : 0.7) ? 1.0 : 0.0; });
    CHECK(described(simple, {}) == std::pair(4, 20));
    const Problem intricate(1500, 3, Task::regression, 0, [](auto cells) {
        return static_cast<double>(
            (static_cast<int>(cells[0]) * 5 + static_cast<int>(cells[1]) * 3 + static_cast<int>(cells[2])) % 4);
    });
    CHECK(described(intricate, {}) == std::pair(20, 5));
    CHECK(described(simple, {{"tree_search_samples", "299"}}) == std::pair(20, 5));
    CHECK(described(simple, {{"tree_leaves", "6"}}) == std::pair(6, 10));
    CHECK(described(intricate, {{"tree_leaves", "6"}, {"tree_samples", "30"}}) == std::pair(6, 30));
}

TEST_CASE("half the steps are tried where values are known well, unless the steps are set or the effort is small") {
    const auto trained = [](const Problem& problem, const std::vector<std::pair<const char*, const char*>>& options) {
        Config config = quick();
        config.set("trees", "400");
        for (const auto& [name, value] : options) config.set(name, value);
        const Fit fit = problem.fit(config);
        return std::pair(fit.description["learning_rate"].get<double>(), problem.mean_loss(fit.out_of_fold));
    };
    RandomStream random(5);
    const Problem smooth(1000, 12, Task::regression, 0, [](auto cells) {
        double sum = 0;
        for (std::size_t i = 0; i < cells.size(); ++i) sum += static_cast<double>(cells[i]) * static_cast<double>(i % 3 + 1);
        return sum;
    });
    const auto [rate, loss] = trained(smooth, {});
    const auto [rate_as_set, loss_as_set] = trained(smooth, {{"tree_learning_rate", "0.1"}});
    CHECK(rate == 0.05);
    CHECK(rate_as_set == 0.1);
    CHECK(loss < loss_as_set);
    CHECK(trained(smooth, {{"effort", "fast"}}).first == 0.2);
    const Problem noisy(600, 6, Task::regression, 0,
                        [&](auto cells) { return static_cast<double>(cells[0]) + 3 * random.normal(); });
    CHECK(trained(noisy, {}).first == 0.1);
}

TEST_CASE("another seed draws other columns") {
    Problem problem(500, 40, Task::classification, 2, exclusive_or);
    const Fit first = problem.fit(quick());
    problem.set.seed = 2;
    CHECK(first.out_of_fold != problem.fit(quick()).out_of_fold);
}

TEST_CASE("merged rows give the trees that the single ones give") {
    const Problem single(300, 2, Task::classification, 2, exclusive_or);
    SparseRows merged(std::vector<float>(2));
    for (int row = 0; row < 16; ++row) {
        merged.append_dense_row(std::vector<float>{static_cast<float>(row / 4), static_cast<float>(row % 4)});
    }
    TrainingSet set{merged, single.set.observations, Task::classification, 2, 4, 1};
    for (FoldedObservation& observation : set.observations) {
        std::vector<float> cells(2);
        single.features.expand_row(observation.row, cells);
        observation.row = static_cast<std::int32_t>(4 * cells[0] + cells[1]);
    }
    std::vector<std::size_t> order(300);
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return set.observations[i].row; });
    std::ranges::stable_sort(set.observations, {}, &FoldedObservation::row);
    Supervisor supervisor({1, 0, {}});
    const Fit fit = TreesLearner().fit(set, quick(), Progress(supervisor));
    const Fit expected = single.fit(quick());
    for (std::size_t i = 0; i < 300; ++i)
        CHECK(fit.out_of_fold[i] == doctest::Approx(expected.out_of_fold[order[i]]).epsilon(1e-3));
}

TEST_CASE("when the time is up the best so far is kept, or nothing") {
    const Problem problem(5000, 20, Task::classification, 2, exclusive_or);
    Config config;
    config.set("trees", "10000");
    config.set("tree_learning_rate", "0.001");
    const auto begin = std::chrono::steady_clock::now();
    const Fit fit = problem.fit(config, 2, 3);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(30));
    REQUIRE(fit.member);
    CHECK(fit.description["trees"].get<int>() < 10000);
    CHECK(std::isfinite(fit.out_of_fold[0]));
    CHECK_FALSE(problem.fit(config, 2, 1e-9).member);
}

// With a limit all models grow from the start, and without one the chosen shape's later.
TEST_CASE("a time limit that is far away changes nothing") {
    const Problem classes(300, 6, Task::classification, 3, of_three);
    const Problem values(300, 6, Task::regression, 0,
                         [](auto cells) { return static_cast<double>(cells[0]) + static_cast<double>(cells[1]); });
    const Problem few_equal_rows(3000, 13, Task::regression, 0,
                                 [](auto cells) { return std::sin(cells[0] + 0.3 * cells[1]); });
    for (const Problem* problem : {&classes, &values, &few_equal_rows}) {
        const Fit free = problem->fit(quick()), limited = problem->fit(quick(), 2, 3600);
        CHECK(free.out_of_fold == limited.out_of_fold);
        CHECK(free.description == limited.description);
        CHECK(free.curves.at(0).validation_loss == limited.curves.at(0).validation_loss);
        const auto best = free.description["trees"].get<std::size_t>() / problem->set.outputs();
        for (std::size_t round = 0; round < best; ++round)
            CHECK(free.curves.at(0).training_loss.at(round) == limited.curves.at(0).training_loss.at(round));
    }
}

TEST_CASE("cancelling ends a fit") {
    const Problem problem(20000, 60, Task::classification, 2, exclusive_or);
    Config config;
    config.set("trees", "10000");
    config.set("tree_learning_rate", "0.001");
    Supervisor supervisor({2, 0, [](const ProgressReport&) { return false; }});
    CHECK(mml_test::status_of([&] { TreesLearner().fit(problem.set, config, Progress(supervisor)); }) == Status::cancelled);
}

TEST_CASE("a row's score depends neither on its table's background nor on the other rows") {
    const Problem problem(300, 6, Task::classification, 3, of_three);
    const Fit fit = problem.fit(quick());
    SparseRows other(std::vector<float>{3, not_a_number, 1, 2, 0, 1});
    std::vector<float> cells(6);
    for (std::int64_t row = 0; row < 300; ++row) {
        problem.features.expand_row(row, cells);
        other.append_dense_row(cells);
    }
    const std::vector<float> expected = scores(*fit.member, problem.features, 3);
    CHECK(scores(*fit.member, other, 3) == expected);
    std::vector<float> alone(3);
    fit.member->add_scores(other, 77, 78, 1, alone);
    CHECK(alone == std::vector<float>(expected.begin() + 231, expected.begin() + 234));
}

TEST_CASE("trees survive storing") {
    const Problem problem(300, 6, Task::classification, 3, of_three);
    const Fit fit = problem.fit(quick());
    const auto loaded = TreesMember::load(stored(*fit.member), "t.", 6, 3);
    CHECK(scores(*loaded, problem.features, 3) == scores(*fit.member, problem.features, 3));
    const TreesMember none(2, {0.5F}, {});
    CHECK(scores(*TreesMember::load(stored(none), "t.", 2, 1), SparseRows({0, 0}), 1).empty());
}

TEST_CASE("an empty cell goes where the samples with empty cells belong, not where 0 does") {
    // 0 is failed, empty is exempt: as good as the best numbers, so both sides of every threshold are tried for it.
    for (const float best : {3.0F, 1.0F}) {
        Problem problem(800, 3, Task::regression, 0, [](auto) { return 0.0; });
        SparseRows features(std::vector<float>{0, not_a_number, 0});
        std::vector<float> cells(3);
        for (std::int64_t row = 0; row < 800; ++row) {
            problem.features.expand_row(row, cells);
            const float cell = cells[1];
            cells[1] = cell == 2 ? not_a_number : cell;
            features.append_dense_row(cells);
            const bool passed = std::isnan(cells[1]) || cells[1] == best;
            problem.set.observations[static_cast<std::size_t>(row)].value = passed ? 5 : -5;
        }
        const TrainingSet set{features, problem.set.observations, Task::regression, 0, 4, 1};
        Config config = quick();
        config.set("tree_leaves", best == 3 ? "2" : "4");
        Supervisor supervisor({1, 0, {}});
        const Fit fit = TreesLearner().fit(set, config, Progress(supervisor));
        CHECK(problem.mean_loss(fit.out_of_fold) < 0.05);
        const auto again = TreesMember::load(stored(*fit.member), "t.", 3, 1);
        CHECK(scores(*again, features, 1) == scores(*fit.member, features, 1));
    }
}

TEST_CASE("a column of one number and empty cells is split") {
    Problem problem(400, 1, Task::classification, 2, [](std::span<const float> cells) { return cells[0] > 1.5F ? 1 : 0; });
    SparseRows features(std::vector<float>{0});
    for (const FoldedObservation& observation : problem.set.observations)
        features.append_dense_row(std::vector<float>{observation.class_index == 1 ? not_a_number : 0.0F});
    const TrainingSet set{features, problem.set.observations, Task::classification, 2, 4, 1};
    Supervisor supervisor({1, 0, {}});
    CHECK(problem.mean_loss(TreesLearner().fit(set, quick(), Progress(supervisor)).out_of_fold) < 0.05);
}

TEST_CASE("a category is split by any set of its levels") {
    const auto odd = [](std::span<const float> cells) { return cells[0] == 1 || cells[0] == 3 ? 5.0 : -5.0; };
    Problem problem(800, 1, Task::regression, 0, odd);
    problem.set.levels = {4};
    Config config = quick();
    config.set("tree_leaves", "2");
    const Fit fit = problem.fit(config);
    const Tensors tensors = stored(*fit.member);
    const std::int64_t moved = tensors.get<std::int64_t>("t.moved", {-1}).front();
    CHECK((moved == 0b1010 || moved == 0b0101));
    CHECK(problem.mean_loss(fit.out_of_fold) < 0.05);
    const auto again = TreesMember::load(tensors, "t.", 1, 1);
    CHECK(scores(*again, problem.features, 1) == scores(*fit.member, problem.features, 1));
}
