// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cstdint>
#include <doctest/doctest.h>
#include <string>
#include <vector>

#include "../status_of.hpp"
#include "model/column_match.hpp"

using mml::Status;
using mml_test::status_of;

namespace {

using Names = std::vector<std::string>;
using Places = std::vector<std::int32_t>;

Places match_names(const Names& wanted, bool wanted_named, const Names& table, bool table_named) {
    return mml::match_column_names({wanted, wanted_named, "the model", ""}, {table, table_named, "the data set", ""});
}

}  // namespace

TEST_CASE("names on both sides are matched by name") {
    CHECK(match_names({"a", "b"}, true, {"b", "id", "a"}, true) == Places{2, 0});
    CHECK(status_of([] { match_names({"a", "b"}, true, {"b", "c"}, true); }) == Status::mismatch);
    CHECK(status_of([] { match_names({"a", "b"}, true, {"b", "a", "a"}, true); }) == Status::mismatch);
}

TEST_CASE("where a side has no names columns are matched by position") {
    CHECK(match_names({"a", "b"}, true, {"x0", "x1"}, false) == Places{0, 1});
    CHECK(match_names({"x0", "x1"}, false, {"b", "a"}, true) == Places{0, 1});
    CHECK(status_of([] { match_names({"x0", "x1"}, false, {"a", "b", "c"}, true); }) == Status::mismatch);
}

TEST_CASE("x0, x1, ... of a model without names are matched by name") {
    CHECK(match_names({"x0", "x1"}, false, {"x1", "x0"}, true) == Places{1, 0});
    CHECK(match_names({"x0", "x1"}, false, {"id", "x1", "x0"}, true) == Places{2, 1});
    CHECK(match_names({"x0", "x1"}, false, {"x1", "x1"}, true) == Places{0, 1});
}

TEST_CASE("a hundred thousand classes in the other order are matched in no time") {
    std::vector<std::string> names;
    for (int i = 0; i < 100000; ++i) names.push_back("class " + std::to_string(i));
    std::vector<std::string> reversed(names.rbegin(), names.rend());
    const auto start = std::chrono::steady_clock::now();
    const auto places = mml::match_class_names(reversed, names);
    CHECK(mml::all_among(reversed, names));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    CHECK(places.front() == 99999);
    CHECK(places.back() == 0);
    CHECK(took.count() < 2);  // by looking through all of them: 50 s
    reversed.push_back("another");
    CHECK_FALSE(mml::all_among(reversed, names));
    CHECK(mml_test::status_of([&] { mml::match_class_names(reversed, names); }) == mml::Status::mismatch);
}
