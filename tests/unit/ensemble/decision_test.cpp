// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>
#include <doctest/doctest.h>
#include <vector>

#include "../status_of.hpp"
#include "ensemble/decision.hpp"

using namespace mml;
using mml_test::status_of;

namespace {

constexpr DecisionRule score{DecisionRule::Kind::score, 0};

std::vector<float> strengths(const Decision& decision, std::vector<float> probabilities) {
    std::vector<float> result(probabilities.size());
    decision.write_strengths(probabilities, result);
    return result;
}

}  // namespace

TEST_CASE("without offsets the most probable class is decided, of equal ones the first, as strong as it is probable") {
    const Decision decision;
    CHECK(decision.rule() == "probable");
    CHECK(decision.decide(std::array{0.2F, 0.5F, 0.3F}) == 1);
    CHECK(decision.decide(std::array{0.4F, 0.2F, 0.4F}) == 0);
    CHECK(strengths(decision, {0.2F, 0.5F, 0.3F}) == std::vector{0.2F, 0.5F, 0.3F});
}

TEST_CASE("offsets of two classes put the threshold where the two are equally strong") {
    const Decision decision(score, {-std::log(2.0), std::log(2.0)});  // odds of the second class times 4
    CHECK(decision.threshold() == doctest::Approx(0.2));
    CHECK(decision.decide(std::array{0.81F, 0.19F}) == 0);
    CHECK(decision.decide(std::array{0.79F, 0.21F}) == 1);
    // .5 of the second class: its odds are 1, after the offsets 4 to 1.
    CHECK(strengths(decision, {0.5F, 0.5F})[1] == doctest::Approx(0.8));
}

TEST_CASE("a decision is the same after it was stored; what is none is refused") {
    const Decision decision({DecisionRule::Kind::cost, 2.5}, {-0.1, 1.0 / 3});
    const Json json = decision.store();
    CHECK(json["rule"] == "cost:2.5");
    CHECK(Decision::load(Json::parse(json.dump()).value(), 2) == decision);
    for (const char* text : {"1", "{}", R"({"rule":"cost:2","offsets":[0]})", R"({"rule":"cost:2","offsets":[0,1,2]})",
                             R"({"rule":"best","offsets":[]})", R"({"rule":"score","offsets":[0,1000]})"})
        CHECK(status_of([&] { Decision::load(Json::parse(text).value(), 2); }) == Status::bad_model);
    CHECK(status_of([&] { Decision::load(json, 3); }) == Status::bad_model);
}
