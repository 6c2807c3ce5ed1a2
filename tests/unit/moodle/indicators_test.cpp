// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <string>

#include "moodle/indicators.hpp"

using mml::indicator_of;

TEST_CASE("columns of an indicator, and of the ranges, belong together; others are their own") {
    CHECK(indicator_of("\\core\\analytics\\indicator\\any_access") == "\\core\\analytics\\indicator\\any_access");
    CHECK(indicator_of("\\mod_forum\\indicator\\depth/mean") == "\\mod_forum\\indicator\\depth");
    CHECK(indicator_of("\\local\\indicator\\kind/2") == "\\local\\indicator\\kind");
    CHECK(indicator_of("range/1") == "range");
    CHECK(indicator_of("range/12") == "range");
    CHECK(indicator_of("range/") == "range/");
    CHECK(indicator_of("range/x") == "range/x");
    CHECK(indicator_of("posts/week") == "posts/week");
    CHECK(indicator_of("") == "");
}
