// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <limits>

#include "../status_of.hpp"
#include "ensemble/trees_member.hpp"

using namespace mml;

namespace {

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

std::vector<float> scores(const Member& member, const SparseRows& rows) {
    std::vector<float> links(static_cast<std::size_t>(rows.rows()));
    member.add_scores(rows, 0, rows.rows(), 1, links);
    return links;
}

Tensors stored(const Member& member) {
    Tensors tensors;
    member.store(tensors, "t.");
    return tensors;
}

// Two trees of one output over three columns: column 2 above 0.5; then column 0 above 1, and of the rest column 2 above -1.
TreesMember by_hand() { return {3, {0.25F}, {{{{0, 2, 0.5F}}, {1, 2}}, {{{0, 0, 1}, {0, 2, -1, 0, true}}, {10, 20, 30}}}}; }

}  // namespace

TEST_CASE("scores are the base and the values of the leaves that a row falls to") {
    SparseRows rows(std::vector<float>(3));
    rows.append_dense_row(std::vector<float>{0, 0, 0});
    rows.append_dense_row(std::vector<float>{2, 0, 1});
    rows.append_dense_row(std::vector<float>{1, 0, -1});
    rows.append_dense_row(std::vector<float>{not_a_number, 7, not_a_number});
    std::vector<float> links(4, 100);
    by_hand().add_scores(rows, 0, 4, 0.5F, links);
    CHECK(links == std::vector<float>{100 + 0.5F * 31.25F, 100 + 0.5F * 22.25F, 100 + 0.5F * 11.25F, 100 + 0.5F * 31.25F});
}

TEST_CASE("damaged trees are refused") {
    const auto refused = [](const std::string& name, auto values) {
        Tensors tensors = stored(by_hand());
        tensors.put("t." + name, values);
        return mml_test::status_of([&] { TreesMember::load(tensors, "t.", 3, 1); }) == Status::bad_model;
    };
    using Integers = std::vector<std::int32_t>;
    using Numbers = std::vector<float>;
    constexpr float infinite = std::numeric_limits<float>::infinity();
    REQUIRE_FALSE(refused("splits", Integers{1, 2}));
    for (const Integers& splits : {Integers{1, -1}, {1, 3}, {256, 2}, {3}, {1, 2, 0}}) CHECK(refused("splits", splits));
    REQUIRE_FALSE(refused("leaf", Integers{0, 0, 1}));
    for (const Integers& leaf : {Integers{0, 0, 2}, {0, 1, 0}, {-1, 0, 0}, {0, 0}}) CHECK(refused("leaf", leaf));
    for (const Integers& column : {Integers{3, 0, 2}, {2, -1, 2}, {2, 0}}) CHECK(refused("column", column));
    CHECK(refused("column", Numbers{2, 0, 2}));
    for (const float bad : {not_a_number, infinite, -infinite}) CHECK(refused("threshold", Numbers{bad, 1, -1}));
    for (const float bad : {not_a_number, infinite, 2e6F, -2e6F}) CHECK(refused("value", Numbers{1, 2, 10, bad, 30}));
    CHECK(refused("value", Numbers{1, 2, 10, 20}));
    for (const Numbers& base : {Numbers{not_a_number}, {1, 2}, {}}) CHECK(refused("base", base));
    const Tensors tensors = stored(by_hand());
    CHECK(mml_test::status_of([&] { TreesMember::load(tensors, "t.", 2, 1); }) == Status::bad_model);
    CHECK(mml_test::status_of([&] { TreesMember::load(tensors, "t.", 3, 2); }) == Status::bad_model);
    CHECK(mml_test::status_of([&] { TreesMember::load(tensors, "other.", 3, 1); }) == Status::bad_model);
}

TEST_CASE("more thresholds of a column than bytes can number, or trees that the outputs do not divide, are refused") {
    const auto made = [](int thresholds, std::size_t outputs) {
        std::vector<Tree> trees;
        for (int i = 0; i < thresholds; ++i) trees.push_back({{{0, 0, static_cast<float>(i)}}, {0, 1}});
        return mml_test::status_of([&] { TreesMember(1, std::vector<float>(outputs), trees); });
    };
    CHECK(made(255, 1) == Status::ok);
    CHECK(made(256, 1) == Status::bad_model);
    CHECK(made(9, 3) == Status::ok);
    CHECK(made(10, 3) == Status::bad_model);
    // A bin for empty cells leaves one threshold fewer.
    const auto made_with_directions = [](int thresholds) {
        std::vector<Tree> trees;
        for (int i = 0; i < thresholds; ++i) trees.push_back({{{0, 0, static_cast<float>(i), 0, true}}, {0, 1}});
        return mml_test::status_of([&] { TreesMember(1, {0}, trees); });
    };
    CHECK(made_with_directions(254) == Status::ok);
    CHECK(made_with_directions(255) == Status::bad_model);
}

TEST_CASE("files without directions read empty cells as 0; directions of them are kept, and damaged ones refused") {
    const TreesMember by_zero(1, {0}, {{{{0, 0, -1, 0, true}}, {1, 2}}, {{{0, 0, 1}}, {10, 20}}});
    const Tensors old = stored(by_zero);
    CHECK_FALSE(old.has("t.empty_moves"));
    const TreesMember sent(1, {0}, {{{{0, 0, -1}}, {1, 2}}, {{{0, 0, 1, 0, true}}, {10, 20}}});
    Tensors tensors = stored(sent);
    SparseRows rows(std::vector<float>{0});
    for (const float cell : {not_a_number, 0.0F, -3.0F, 3.0F}) rows.append_dense_row(std::vector<float>{cell});
    CHECK(scores(*TreesMember::load(old, "t.", 1, 1), rows) == std::vector<float>{12, 12, 11, 22});
    CHECK(scores(sent, rows) == std::vector<float>{21, 12, 11, 22});
    CHECK(scores(*TreesMember::load(tensors, "t.", 1, 1), rows) == std::vector<float>{21, 12, 11, 22});
    for (const std::vector<std::int32_t>& bad : {std::vector<std::int32_t>{0, 2}, {0, -1}, {0}, {0, 1, 0}}) {
        tensors.put("t.empty_moves", bad);
        CHECK(mml_test::status_of([&] { TreesMember::load(tensors, "t.", 1, 1); }) == Status::bad_model);
    }
}

TEST_CASE("levels that no tree has seen stay where they are, and no column is both numbers and a category") {
    // Level 1 moves; a missing cell, an unknown level and one beyond the last bin do not.
    const TreesMember member(1, {0}, {{{{0, 0, 0, 0b10}}, {1, 2}}});
    SparseRows rows(std::vector<float>{0});
    for (const float cell : {1.0F, not_a_number, 2.0F, 1e9F}) rows.append_dense_row(std::vector<float>{cell});
    CHECK(scores(member, rows) == std::vector<float>{2, 1, 1, 1});
    CHECK(mml_test::status_of([] {
              TreesMember(1, {0}, {{{{0, 0, 0.5F}}, {1, 2}}, {{{0, 0, 0, 0b10}}, {1, 2}}});
          }) == Status::bad_model);
}
