// SPDX-License-Identifier: Apache-2.0
// Contributions against Shapley values by their definition, against closed forms, and against their axioms.
#include <bit>
#include <cmath>
#include <doctest/doctest.h>
#include <functional>
#include <limits>
#include <memory>
#include <numeric>
#include <span>

#include "base/random.hpp"
#include "ensemble/ensemble.hpp"
#include "ensemble/linear_member.hpp"
#include "ensemble/networks_member.hpp"
#include "ensemble/shared_networks_member.hpp"
#include "ensemble/trees_member.hpp"

using namespace mml;

namespace {

using Game = std::function<double(unsigned)>;  // the value of a set of known columns, a bit each

// By the definition (Shapley, 1953): the mean over all orders of what the column adds to those before it.
std::vector<double> shapley_values(std::size_t columns, const Game& value) {
    std::vector<double> values(columns);
    for (std::size_t column = 0; column < columns; ++column) {
        for (unsigned known = 0; known < 1U << columns; ++known) {
            if ((known >> column & 1U) != 0) continue;
            const auto before = static_cast<double>(std::popcount(known));
            const double orders = std::exp(std::lgamma(before + 1) + std::lgamma(static_cast<double>(columns) - before) -
                                           std::lgamma(static_cast<double>(columns) + 1));
            values[column] += orders * (value(known | 1U << column) - value(known));
        }
    }
    return values;
}

// Every third column is a category; in every second tree each split sends empty cells somewhere.
Tree random_tree(RandomStream& random, std::size_t columns, int splits) {
    Tree tree;
    const bool directs = random.below(2) == 1;
    for (int i = 0; i < splits; ++i) {
        const auto leaf = static_cast<std::int32_t>(random.below(static_cast<std::uint64_t>(i) + 1));
        const auto column = static_cast<std::int32_t>(random.below(columns));
        if (column % 3 == 2) {
            tree.splits.push_back({leaf, column, 0, 1 + random.below(126)});
        } else {
            const bool empty_moves = directs && random.below(2) == 1;
            tree.splits.push_back({leaf, column, static_cast<float>(random.below(6)) + 0.5F, 0, empty_moves});
        }
    }
    for (int i = 0; i <= splits; ++i) {
        tree.values.push_back(static_cast<float>(random.normal()));
        tree.covers.push_back(static_cast<float>(1 + random.below(50)));
    }
    return tree;
}

// A tree as a person would write it down.
struct Node {
    int leaf = -1;
    int column = -1;
    float threshold = 0;
    std::uint64_t moved = 0;
    bool empty_moves = false;
    double cover = 0;
    std::unique_ptr<Node> below, above;

    bool is_above(float cell) const {
        if (moved != 0) return (moved >> category_bin(cell) & 1U) != 0;
        return std::isnan(cell) ? empty_moves : cell > threshold;
    }
};

std::unique_ptr<Node> grown(const Tree& tree, std::size_t from, int leaf) {
    auto node = std::make_unique<Node>();
    for (std::size_t i = from; i < tree.splits.size(); ++i) {
        if (tree.splits[i].leaf != leaf) continue;
        node->column = tree.splits[i].column;
        node->threshold = tree.splits[i].threshold;
        node->moved = tree.splits[i].moved;
        node->empty_moves = tree.splits[i].empty_moves;
        node->below = grown(tree, i + 1, leaf);
        node->above = grown(tree, i + 1, static_cast<int>(i) + 1);
        node->cover = node->below->cover + node->above->cover;
        return node;
    }
    node->leaf = leaf;
    node->cover = static_cast<double>(tree.covers[static_cast<std::size_t>(leaf)]);
    return node;
}

// What the tree gives where only some columns are known: both sides, by the samples that went there, where its column is
// not.
double expected(const Node& node, const Tree& tree, std::span<const float> row, unsigned known) {
    if (node.leaf >= 0) return static_cast<double>(tree.values[static_cast<std::size_t>(node.leaf)]);
    if ((known >> node.column & 1U) != 0) {
        return expected(node.is_above(row[static_cast<std::size_t>(node.column)]) ? *node.above : *node.below, tree, row,
                        known);
    }
    return (node.below->cover * expected(*node.below, tree, row, known) +
            node.above->cover * expected(*node.above, tree, row, known)) /
           node.cover;
}

SparseRows random_rows(RandomStream& random, std::size_t columns, int rows) {
    SparseRows table(std::vector<float>(columns, 1.0F));
    std::vector<float> cells(columns);
    for (int row = 0; row < rows; ++row) {
        for (float& cell : cells) {
            const auto drawn = random.below(8);
            cell = drawn == 7 ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(drawn);
        }
        table.append_dense_row(cells);
    }
    return table;
}

std::vector<float> row_of(const SparseRows& table, std::int64_t index) {
    std::vector<float> cells(static_cast<std::size_t>(table.columns()));
    table.expand_row(index, cells);
    return cells;
}

Encoder fitted_encoder(const SparseRows& table) {
    const std::vector<double> weights(static_cast<std::size_t>(table.rows()), 1.0);
    return Encoder::fit(table, weights, {4, 3});
}

std::shared_ptr<const Member> random_linear(RandomStream& random, const SparseRows& table, std::size_t outputs) {
    Encoder encoder = fitted_encoder(table);
    std::vector<float> weights(encoder.outputs() * outputs), bias(outputs);
    for (float& weight : weights) weight = static_cast<float>(random.normal());
    for (float& each : bias) each = static_cast<float>(random.normal());
    return std::make_shared<LinearMember>(std::move(encoder), std::move(weights), std::move(bias));
}

std::shared_ptr<const Member> random_trees(RandomStream& random, std::size_t columns, std::size_t outputs) {
    std::vector<Tree> trees;
    for (std::size_t i = 0; i < 5 * outputs; ++i) trees.push_back(random_tree(random, columns, 12));
    return std::make_shared<TreesMember>(static_cast<std::int64_t>(columns), std::vector<float>(outputs, 0.25F),
                                         std::move(trees));
}

std::shared_ptr<const Member> random_networks(RandomStream& random, const SparseRows& table, std::size_t outputs,
                                              std::size_t layers) {
    Encoder encoder = fitted_encoder(table);
    const NetworkShape shape{encoder.outputs(), 8, layers, outputs};
    std::vector<NetworkParameters> networks(2);
    for (NetworkParameters& network : networks) {
        for (std::size_t layer = 0; layer <= shape.layers; ++layer) {
            LayerParameters parameters{std::vector<float>(shape.weight_count(layer)),
                                       std::vector<float>(shape.layer_outputs(layer))};
            for (float& weight : parameters.weights) weight = static_cast<float>(0.4 * random.normal());
            for (float& each : parameters.bias) each = static_cast<float>(0.4 * random.normal());
            network.push_back(std::move(parameters));
        }
    }
    return std::make_shared<NetworksMember>(std::move(encoder), shape, std::move(networks));
}

std::shared_ptr<const Member> random_shared(RandomStream& random, const SparseRows& table, std::size_t outputs, Task task,
                                            std::size_t layers) {
    Encoder::Settings settings;
    settings.bins = 3;
    Encoder encoder = Encoder::fit(table, std::vector<double>(static_cast<std::size_t>(table.rows()), 1.0), settings);
    const SharedShape shape{{0, 2, 5, encoder.outputs()}, 4, 8, layers, outputs};
    std::vector<NetworkParameters> networks(2);
    for (NetworkParameters& network : networks) {
        for (std::size_t part = 0; part < shape.parts(); ++part) {
            LayerParameters parameters{std::vector<float>(shape.weight_count(part)),
                                       std::vector<float>(shape.bias_count(part))};
            for (float& weight : parameters.weights) weight = static_cast<float>(0.5 * random.normal());
            for (float& each : parameters.bias) each = static_cast<float>(0.4 * random.normal());
            network.push_back(std::move(parameters));
        }
    }
    return std::make_shared<SharedNetworksMember>(std::move(encoder), shape, task, std::move(networks));
}

std::vector<float> links_of(const Member& member, const SparseRows& table, std::size_t width) {
    std::vector<float> links(static_cast<std::size_t>(table.rows()) * width);
    member.add_scores(table, 0, table.rows(), 1, links);
    return links;
}

// A curve that moves every probability towards the middle.
CalibrationCurve flattening() { return {{0.0F, 0.3F, 0.6F, 1.0F}, {0.1F, 0.35F, 0.5F, 0.9F}}; }

struct Blend {
    SparseRows table;
    Ensemble ensemble;
};

Blend random_blend(std::uint64_t seed, std::size_t classes, Pool pool, bool curves) {
    RandomStream random(seed);
    SparseRows table = random_rows(random, 6, 70);
    const std::size_t outputs = classes > 2 ? classes : 1;
    Ensemble::Scale scale;
    scale.task = classes == 0 ? Task::regression : Task::classification;
    scale.classes = classes;
    scale.pool = pool;
    scale.mean = 40;
    scale.deviation = 7;
    scale.calibration.temperature = curves ? 1 : 1.3;
    if (curves) scale.calibration.curves.assign(static_cast<std::size_t>(outputs), flattening());
    std::vector<Ensemble::Part> parts{{"linear", 0.1, random_linear(random, table, outputs)},
                                      {"shared_networks", 0.1, random_shared(random, table, outputs, scale.task, 2)},
                                      {"trees", 0.5, random_trees(random, 6, static_cast<std::size_t>(outputs))},
                                      {"networks", 0.3, random_networks(random, table, outputs, 2)}};
    return {std::move(table), Ensemble(6, std::move(scale), std::move(parts))};
}

// Of 60 rows of five columns.
void check_sums_of_contributions(const Member& member, const SparseRows& table, std::size_t outputs) {
    Contributions found(60, outputs, 5);
    member.explain(table, 0, 60, found);
    const std::vector<float> links = links_of(member, table, outputs);
    for (std::size_t row = 0; row < 60; ++row) {
        for (std::size_t k = 0; k < outputs; ++k) {
            CHECK(found.link_of(row, k) ==
                  doctest::Approx(static_cast<double>(links[row * outputs + k])).epsilon(1e-4).scale(1));
        }
    }
}

}  // namespace

TEST_CASE("the contributions of trees are the Shapley values of their path-dependent game") {
    RandomStream random(5);
    for (const std::size_t columns : {1U, 2U, 5U, 9U}) {
        const SparseRows table = random_rows(random, columns, 20);
        std::vector<Tree> trees;
        for (int i = 0; i < 4; ++i) trees.push_back(random_tree(random, columns, 1 + 9 * i));
        const TreesMember member(static_cast<std::int64_t>(columns), {0.5F}, trees);
        Contributions found(20, 1, columns);
        member.explain(table, 0, 20, found);
        std::vector<std::unique_ptr<Node>> nodes;
        for (const Tree& tree : trees) nodes.push_back(grown(tree, 0, 0));
        for (std::int64_t row = 0; row < 20; ++row) {
            const std::vector<float> cells = row_of(table, row);
            const Game game = [&](unsigned known) {
                double sum = 0.5;
                for (std::size_t i = 0; i < trees.size(); ++i) sum += expected(*nodes[i], trees[i], cells, known);
                return sum;
            };
            CHECK(found.base()[0] == doctest::Approx(game(0)).epsilon(1e-6));
            const std::vector<double> exact = shapley_values(columns, game);
            for (std::size_t column = 0; column < columns; ++column)
                CHECK(std::abs(found.of(static_cast<std::size_t>(row), 0)[column] - exact[column]) < 1e-5);
        }
    }
}

TEST_CASE("a path of 255 columns is explained as exactly as a short one") {
    // Each split cuts a leaf of 1 off; a row that meets every condition but column 0's differs from the base by that alone.
    constexpr std::size_t columns = 255;
    Tree tree;
    for (std::size_t i = 0; i < columns; ++i) tree.splits.push_back({0, static_cast<std::int32_t>(i), 0.5F});
    tree.values.assign(columns + 1, 0.0F);
    tree.values[0] = 1;
    tree.covers.assign(columns + 1, 1.0F);
    tree.covers[0] = 1000;
    const TreesMember member(columns, {0.0F}, {tree});
    SparseRows table(std::vector<float>(columns, 0.0F));
    table.append_dense_row(std::vector<float>(columns, 0.0F));
    Contributions found(1, 1, columns);
    member.explain(table, 0, 1, found);
    CHECK(found.base()[0] == doctest::Approx(1000.0 / 1255));
    CHECK(found.link_of(0, 0) == doctest::Approx(1).epsilon(1e-5));
    // By symmetry of the product all but for the slightly different shares have a part of the rest.
    for (const double part : found.of(0, 0)) CHECK(part == doctest::Approx((1 - 1000.0 / 1255) / columns).epsilon(0.15));
}

TEST_CASE("trees without covers count each leaf the same") {
    Tree tree{{{0, 0, 0.5F}}, {1, 5}, {}};
    const TreesMember member(1, {0.0F}, {tree});
    SparseRows table(std::vector<float>{0});
    table.append_dense_row(std::vector<float>{1});
    Contributions found(1, 1, 1);
    member.explain(table, 0, 1, found);
    CHECK(found.base()[0] == doctest::Approx(3));
    CHECK(found.of(0, 0)[0] == doctest::Approx(2));
}

TEST_CASE("the contributions of a linear model are its Shapley values against the training means") {
    RandomStream random(8);
    const SparseRows table = random_rows(random, 4, 60);
    const auto member = random_linear(random, table, 1);
    Contributions found(60, 1, 4);
    member->explain(table, 0, 60, found);
    const std::vector<float> links = links_of(*member, table, 1);
    std::vector<double> means(4);
    for (std::size_t row = 0; row < 60; ++row) {
        CHECK(found.link_of(row, 0) == doctest::Approx(static_cast<double>(links[row])).epsilon(1e-4));
        for (std::size_t column = 0; column < 4; ++column) means[column] += found.of(row, 0)[column] / 60;
    }
    // A column's contribution is what it adds beyond its mean: over the training rows that is 0.
    for (const double mean : means) CHECK(std::abs(mean) < 1e-5);
    // In an additive model the Shapley value is the difference that the column alone makes.
    std::vector<float> first = row_of(table, 0);
    SparseRows changed(std::vector<float>(4, 1.0F));
    changed.append_dense_row(first);
    first[2] = first[2] == 3 ? 4.0F : 3.0F;
    changed.append_dense_row(first);
    Contributions two(2, 1, 4);
    member->explain(changed, 0, 2, two);
    for (const std::size_t column : {0U, 1U, 3U}) CHECK(two.of(0, 0)[column] == doctest::Approx(two.of(1, 0)[column]));
    CHECK(two.of(0, 0)[2] != doctest::Approx(two.of(1, 0)[2]));
}

TEST_CASE("the contributions of networks add up and are the mean gradient on the way from the mean row") {
    RandomStream random(9);
    const SparseRows table = random_rows(random, 5, 60);
    for (const std::size_t outputs : {1U, 3U}) {
        const auto member = random_networks(random, table, outputs, outputs == 1 ? 1 : 2);
        check_sums_of_contributions(*member, table, outputs);
    }
}

TEST_CASE("the contributions of networks of shared weights add up to the mean of the members' probabilities") {
    RandomStream random(10);
    const SparseRows table = random_rows(random, 5, 60);
    for (const auto& [outputs, task] : {std::pair(std::size_t{1}, Task::classification),
                                        {std::size_t{3}, Task::classification},
                                        {std::size_t{1}, Task::regression}}) {
        const auto member = random_shared(random, table, outputs, task, 2);
        check_sums_of_contributions(*member, table, outputs);
    }
}

TEST_CASE("a blend's contributions add up to its own answer in every pool, calibration and task") {
    for (const unsigned classes : {0U, 2U, 3U, 5U}) {
        for (const Pool pool : {Pool::log_odds, Pool::probability}) {
            for (const bool curves : {false, true}) {
                if (classes == 0 && (pool == Pool::probability || curves)) continue;
                CAPTURE(classes);
                CAPTURE(curves);
                const Blend blend = random_blend(21, classes, pool, curves);
                const std::int64_t rows = blend.table.rows();
                const auto outputs = blend.ensemble.outputs();
                std::vector<float> scores(static_cast<std::size_t>(rows) * outputs);
                blend.ensemble.score(blend.table, 0, rows, std::span(scores));
                const Contributions found = blend.ensemble.explain(blend.table, 0, rows);
                for (std::size_t row = 0; row < static_cast<std::size_t>(rows); ++row) {
                    for (std::size_t k = 0; k < found.links(); ++k) {
                        const auto score = static_cast<double>(scores[row * outputs + (outputs == 2 ? 1 : k)]);
                        const double sum = found.link_of(row, k);
                        CHECK(std::abs((classes == 0 ? sum : 1 / (1 + std::exp(-sum))) - score) < 1e-4);
                    }
                }
            }
        }
    }
}

TEST_CASE("a row is explained the same alone and among others") {
    const Blend blend = random_blend(4, 3, Pool::probability, false);
    const Contributions all = blend.ensemble.explain(blend.table, 0, blend.table.rows());
    const Contributions alone = blend.ensemble.explain(blend.table, 66, 67);
    for (std::size_t k = 0; k < 3; ++k)
        CHECK(std::vector<double>(alone.of(0, k).begin(), alone.of(0, k).end()) ==
              std::vector<double>(all.of(66, k).begin(), all.of(66, k).end()));
}

TEST_CASE("a column that no member uses contributes nothing, and two that do the same contribute the same") {
    // Two trees that are each other's mirror in columns 0 and 1; column 2 is in neither.
    const auto tree = [](std::int32_t column) { return Tree{{{0, column, 2.5F}}, {-1, 2}, {30, 10}}; };
    const auto member = std::make_shared<TreesMember>(3, std::vector<float>{0.0F}, std::vector<Tree>{tree(0), tree(1)});
    Ensemble::Scale scale;
    scale.classes = 2;
    scale.calibration = {1, {flattening()}};
    const Ensemble ensemble(3, scale, {{"trees", 1, member}});
    SparseRows table(std::vector<float>(3, 0.0F));
    table.append_dense_row(std::vector<float>{4, 4, 9});
    table.append_dense_row(std::vector<float>{4, 0, 9});
    const Contributions found = ensemble.explain(table, 0, 2);
    CHECK(found.of(0, 0)[2] == 0);
    CHECK(found.of(0, 0)[0] == doctest::Approx(found.of(0, 0)[1]));
    CHECK(found.of(0, 0)[0] > 0);
    CHECK(found.of(1, 0)[0] > 0);
    CHECK(found.of(1, 0)[1] < 0);
}

TEST_CASE("quadrature is exact for polynomials") {
    for (const std::size_t points : {1U, 4U, 16U, 128U}) {
        const Quadrature quadrature(points);
        for (const std::size_t degree : {std::size_t{0}, std::size_t{1}, 2 * points - 1}) {
            double sum = 0;
            for (std::size_t i = 0; i < points; ++i)
                sum += quadrature.weight[i] * std::pow(quadrature.at[i], static_cast<double>(degree));
            CHECK(sum == doctest::Approx(1 / (static_cast<double>(degree) + 1)).epsilon(1e-12));
        }
    }
}
