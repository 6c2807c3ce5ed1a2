// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "learners/network/member_selection.hpp"

using namespace mml;

TEST_CASE("members whose mean is right are chosen before the one that is best alone") {
    MemberAnswers members{Task::regression, {{1, 1}, {3, -3}, {-3, 3}, {9, 9}}, {0, 0}, {1, 1}};
    CHECK(best_members(members, 1) == std::vector<std::size_t>{0});
    CHECK(best_members(members, 3) == std::vector<std::size_t>{0, 1, 2});
    members.weights = {1, 0};
    members.answers[3] = {0, 100};
    CHECK(best_members(members, 1) == std::vector<std::size_t>{3});
}

TEST_CASE("a member that is sure and wrong is left out") {
    const MemberAnswers members{Task::classification, {{0, 0.9}, {0.6, 0.5}, {0.5, 0.6}}, {0, 0}, {1, 1}};
    CHECK(best_members(members, 2) == std::vector<std::size_t>{1, 2});
}

TEST_CASE("without observations the first members are chosen") {
    CHECK(best_members({Task::classification, {{}, {}, {}}, {}, {}}, 2) == std::vector<std::size_t>{0, 1});
}

TEST_CASE("the parameters of some members are theirs alone") {
    const SharedShape shape{{0, 2, 3}, 3, 4, 1, 2};
    NetworkParameters all(shape.parts());
    for (std::size_t part = 0; part < shape.parts(); ++part) {
        for (std::size_t i = 0; i < shape.weight_count(part); ++i) all[part].weights.push_back(static_cast<float>(i));
        for (std::size_t i = 0; i < shape.bias_count(part); ++i) all[part].bias.push_back(static_cast<float>(i));
    }
    const std::size_t chosen[] = {0, 2};
    const NetworkParameters kept = members_alone(shape, all, chosen);
    CHECK(kept[0].weights == all[0].weights);
    CHECK(kept[shape.sign_part()].weights == std::vector<float>{0, 1, 4, 5});
    CHECK(kept[shape.output_part()].bias == std::vector<float>{0, 1, 4, 5});
    CHECK(kept[shape.output_part()].weights == std::vector<float>{0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23});
}
