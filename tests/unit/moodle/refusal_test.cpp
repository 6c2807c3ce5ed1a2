// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "base/json.hpp"
#include "moodle/calls.hpp"

using namespace mml;

TEST_CASE("a refusal is the answer that Moodle expects of each call") {
    const Answer plain = moodle_refuse(RefusedCall::call, "a \"word\"\n\xFF");
    CHECK(plain.status == 1);
    CHECK(plain.json == "{\"status\": 1, \"info\": [\"a \\\"word\\\"\\n\uFFFD\"]}");
    const Json rated = Json::parse(moodle_refuse(RefusedCall::evaluation, "busy").json).value();
    CHECK(rated.at("runid").get<std::int64_t>() > 0);
    CHECK(rated.at("info").dump() == "[\"busy\"]");
    const Json missing = Json::parse(moodle_refuse(RefusedCall::missing_arguments, "a, b").json).value();
    CHECK(missing.at("runid").is_string());
    CHECK(missing.at("info").dump() == "[\"Missing arguments, you should provide: a, b\"]");
}
