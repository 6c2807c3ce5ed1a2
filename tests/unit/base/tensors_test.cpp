// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <limits>

#include "../../mentions.hpp"
#include "../status_of.hpp"
#include "base/tensors.hpp"

using mml::Status;
using mml::Tensors;
using mml_test::mentions;
using mml_test::message_of;
using mml_test::status_of;

TEST_CASE("a tensor comes back with the type and shape it was put with") {
    Tensors tensors;
    tensors.put<float>("weights", {1, 2, 3, 4, 5, 6}, {2, 3});
    tensors.put<std::int64_t>("counts", {7, 8});
    CHECK(tensors.get<float>("weights", {2, 3}) == std::vector<float>{1, 2, 3, 4, 5, 6});
    CHECK(tensors.get<std::int64_t>("counts", {2}) == std::vector<std::int64_t>{7, 8});
    CHECK(tensors.has("weights"));
    CHECK_FALSE(tensors.has("weight"));
}

TEST_CASE("-1 in a shape takes any length, and no other number of dimensions") {
    Tensors tensors;
    tensors.put<double>("table", {1, 2, 3, 4, 5, 6}, {2, 3});
    CHECK(tensors.get<double>("table", {-1, 3}).size() == 6);
    CHECK(tensors.get<double>("table", {-1, -1}).size() == 6);
    CHECK(status_of([&] { tensors.get<double>("table", {-1, 2}); }) == Status::bad_model);
    CHECK(status_of([&] { tensors.get<double>("table", {-1}); }) == Status::bad_model);
    CHECK(status_of([&] { tensors.get<double>("table", {2, 3, -1}); }) == Status::bad_model);
    CHECK(status_of([&] { tensors.get<double>("table", {}); }) == Status::bad_model);
}

TEST_CASE("a tensor that is missing or of another type is refused by name") {
    Tensors tensors;
    tensors.put<float>("bias", {1});
    CHECK(message_of([&] { tensors.get<float>("scale", {1}); }) == mentions("tensor", "\"scale\""));
    CHECK(message_of([&] { tensors.get<double>("bias", {1}); }) == mentions("\"bias\"", "expected"));
    CHECK(status_of([&] { tensors.get<std::int32_t>("bias", {1}); }) == Status::bad_model);
}

TEST_CASE("parameters are finite and bounded") {
    Tensors tensors;
    tensors.put<float>("good", {1, -1e12F});
    CHECK(tensors.get_parameters("good", {2}) == std::vector<float>{1, -1e12F});
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                            -std::numeric_limits<float>::infinity(), 1.1e12F, -3e38F}) {
        tensors.put<float>("bias", {1, bad});
        CHECK(message_of([&] { tensors.get_parameters("bias", {2}); }) == mentions("\"bias\"", "large"));
    }
    CHECK(status_of([&] { tensors.get_parameters("good", {1}); }) == Status::bad_model);
}

TEST_CASE("a name holds one tensor: the last one put there") {
    Tensors tensors;
    tensors.put<float>("bias", {1});
    tensors.put<std::int32_t>("bias", {2, 3});
    CHECK(tensors.get<std::int32_t>("bias", {2}) == std::vector<std::int32_t>{2, 3});
    CHECK(tensors.all().size() == 1);
}
