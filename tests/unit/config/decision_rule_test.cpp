// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "../status_of.hpp"
#include "config/config.hpp"
#include "config/decision_rule.hpp"

using namespace mml;
using mml_test::status_of;

TEST_CASE("a rule of decision is a word, with a number behind a colon where it takes one") {
    for (const char* text : {"probable", "score", "balanced", "cost:3", "cost:0.5", "share:10", "share:0.1", "share:99.9"})
        CHECK(DecisionRule::parse(text).value_or(DecisionRule{}).text() == text);
    for (const char* text : {"", "Score", "cost", "cost:", "cost:0", "cost:-1", "cost:nan", "cost:1001", "cost:2x",
                             "share:0", "share:100", "share:10%", "score:1", "probable:", ":1"})
        CHECK_FALSE(DecisionRule::parse(text).has_value());
}

TEST_CASE("option decision is kept in its shortest form, and what it does not take is refused") {
    Config config;
    CHECK(config.text(OptionId::decision) == "probable");
    CHECK_FALSE(config.is_set(OptionId::decision));
    config.set("decision", "share:1e1");
    CHECK(config.is_set(OptionId::decision));
    CHECK(config.text(OptionId::decision) == "share:10");
    CHECK(config.decision_rule().amount == 10);
    CHECK(status_of([&] { config.set("decision", "f1"); }) == Status::unknown_option);
    CHECK(config.text(OptionId::decision) == "share:10");
}
