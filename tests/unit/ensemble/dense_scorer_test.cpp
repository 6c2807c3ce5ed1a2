// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <limits>
#include <vector>

#include "base/random.hpp"
#include "base/tensors.hpp"
#include "ensemble/shared_networks_member.hpp"
#include "ensemble/trees_member.hpp"

using namespace mml;

namespace {

constexpr std::size_t tree_columns = 6;  // the last is a category

Tree random_tree(RandomStream& random, std::size_t splits, bool learns_empty) {
    Tree tree;
    for (std::size_t i = 0; i < splits; ++i) {
        Tree::Split split;
        split.leaf = static_cast<std::int32_t>(random.below(i + 1));
        split.column = static_cast<std::int32_t>(random.below(tree_columns));
        if (split.column == static_cast<std::int32_t>(tree_columns) - 1) {
            split.moved = random.below(std::uint64_t{1} << 40U) | 2U;
        } else {
            split.threshold = static_cast<float>(random.below(12)) - 4;
            split.empty_moves = learns_empty ? random.below(2) == 0 : 0 > split.threshold;
        }
        tree.splits.push_back(split);
    }
    for (std::size_t leaf = 0; leaf <= splits; ++leaf) tree.values.push_back(static_cast<float>(random.normal()));
    return tree;
}

std::vector<float> random_tree_cells(RandomStream& random, std::size_t rows) {
    std::vector<float> cells;
    for (std::size_t i = 0; i < rows * tree_columns; ++i) {
        const bool level = i % tree_columns == tree_columns - 1;
        cells.push_back(random.below(5) == 0 ? std::numeric_limits<float>::quiet_NaN()
                        : level              ? static_cast<float>(random.below(90))
                                             : static_cast<float>(random.below(14)) - 5);
    }
    return cells;
}

}  // namespace

TEST_CASE("dense rows reach the leaves that sparse rows reach: few and many, trees of few and of many leaves, categories") {
    RandomStream random(5);
    for (const std::size_t splits : {0U, 1U, 19U, 63U, 64U, 200U}) {
        for (const std::size_t outputs : {1U, 3U}) {
            std::vector<Tree> trees;
            for (std::size_t i = 0; i < 4 * outputs; ++i) trees.push_back(random_tree(random, splits, i % 2 == 1));
            const TreesMember member(tree_columns, std::vector<float>(outputs, 0.25F), trees);
            const auto scorer = member.dense_scorer();
            for (const std::size_t count : {1U, 15U, 16U, 64U}) {
                const std::vector<float> cells = random_tree_cells(random, count);
                SparseRows rows(std::vector<float>(tree_columns, 0.0F));
                for (std::size_t row = 0; row < count; ++row)
                    rows.append_dense_row(std::span(cells).subspan(row * tree_columns, tree_columns));
                std::vector<float> expected(count * outputs, 1), found(count * outputs, 1);
                member.add_scores(rows, 0, static_cast<std::int64_t>(count), 0.5F, expected);
                scorer->add_scores({cells.data(), count, tree_columns}, 0.5F, found, *std::pmr::get_default_resource());
                CHECK(found == expected);
            }
        }
    }
}

TEST_CASE("networks of shared weights give dense rows, sparse rows, blocks and a stored copy the same bits") {
    RandomStream random(6);
    SparseRows rows(std::vector<float>(tree_columns, 0.0F));
    const std::vector<float> cells = random_tree_cells(random, 64);
    for (std::size_t row = 0; row < 64; ++row)
        rows.append_dense_row(std::span(cells).subspan(row * tree_columns, tree_columns));
    Encoder::Settings settings;
    settings.bins = 5;
    const Encoder encoder = Encoder::fit(rows, std::vector<double>(64, 1.0), settings);
    for (const std::size_t outputs : {1U, 3U}) {
        const SharedShape shape{{0, 4, 9, encoder.outputs()}, 5, 11, 2, outputs};
        std::vector<NetworkParameters> networks(3);
        for (NetworkParameters& network : networks) {
            for (std::size_t part = 0; part < shape.parts(); ++part) {
                LayerParameters& made = network.emplace_back();
                for (std::size_t i = 0; i < shape.weight_count(part); ++i)
                    made.weights.push_back(static_cast<float>(random.normal()));
                for (std::size_t i = 0; i < shape.bias_count(part); ++i)
                    made.bias.push_back(static_cast<float>(random.normal()));
            }
        }
        const SharedNetworksMember member(encoder, shape, Task::classification, networks);
        Tensors tensors;
        member.store(tensors, "part0.");
        const auto copy = load_member(SharedNetworksMember::kind, tensors, "part0.", tree_columns, outputs);
        std::vector<float> expected(64 * outputs, 1), alone(64 * outputs, 1), dense(64 * outputs, 1);
        member.add_scores(rows, 0, 64, 0.5F, expected);
        for (std::int64_t row = 0; row < 64; ++row) {
            copy->add_scores(rows, row, row + 1, 0.5F,
                             std::span(alone).subspan(static_cast<std::size_t>(row) * outputs, outputs));
        }
        copy->dense_scorer()->add_scores({cells.data(), 64, tree_columns}, 0.5F, dense, *std::pmr::get_default_resource());
        CHECK(alone == expected);
        CHECK(dense == expected);
    }
}
