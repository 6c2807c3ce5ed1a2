// SPDX-License-Identifier: Apache-2.0
#include <ctime>
#include <doctest/doctest.h>
#include <limits>
#include <string>

#include "base/json.hpp"

using mml::Json;

TEST_CASE("JSON text is read and written") {
    const std::string text = R"({"a":[1,-2.5,"x",true,null],"b":{},"c":[],"d":9223372036854775807})";
    const auto json = Json::parse(" " + text + "\n");
    REQUIRE(json);
    CHECK(json->dump() == text);
    CHECK(json->at("a")[1].get<double>() == -2.5);
    CHECK(json->at("a")[0].get<int>() == 1);
    CHECK(json->at("d").get<std::int64_t>() == INT64_MAX);
    CHECK(json->find("e") == nullptr);
    CHECK(json->size() == 4);
    CHECK(json->at("b").empty());
}

TEST_CASE("what is no JSON text") {
    for (const char* text : {"", "{", "[1,]", "{\"a\"}", "nul", "[1] 2", "\"\xFF\"", "NaN", "1e999"}) {
        CAPTURE(text);
        CHECK(!Json::parse(text));
    }
}

TEST_CASE("the last of fields of one name counts") {
    CHECK(Json::parse(R"({"a":1,"b":2,"a":3})")->dump() == R"({"a":3,"b":2})");
}

TEST_CASE("nesting and fields have limits") {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    CHECK(Json::parse(nested(256)));
    CHECK(!Json::parse(nested(257)));
    std::string fields = "{\"f\":0";
    for (int i = 1; i < 10000; ++i) fields += ",\"" + std::to_string(i) + "\":0";
    CHECK(Json::parse(fields + "}")->size() == 10000);
    CHECK(!Json::parse(fields + ",\"more\":0}"));
}

TEST_CASE("many fields, also of the same names, are read in time that grows with the text only") {
    std::string fields = "{";
    for (int i = 0; i < 9999; ++i) fields += "\"name " + std::to_string(i) + "\":0,";
    for (int i = 0; i < 200000; ++i) fields += "\"name 9998\":" + std::to_string(i) + ",";
    const std::clock_t start = std::clock();
    const auto read = Json::parse(fields + "\"name 0\":7}");
    const double took = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    REQUIRE(read);
    CHECK(took < 4);  // by looking through all of them: 30 s
    CHECK(read->size() == 9999);
    CHECK(read->items().front().second == 7);
    CHECK(read->items().back().second == 199999);
}

TEST_CASE("a text of more than four million values is refused") {
    std::string list = "[0";
    for (int i = 2; i < 4'000'000; ++i) list += ",0";
    CHECK(Json::parse(list + "]")->size() == 3'999'999);
    CHECK_FALSE(Json::parse(list + ",0]"));
}

TEST_CASE("values are written as in JSON") {
    const Json object = {{"names", {"a", "b"}}, {"count", 5}};
    CHECK(object.dump() == R"({"names":["a","b"],"count":5})");
    CHECK(Json::array({"a", 1}).dump() == R"(["a",1])");
    CHECK(Json(std::vector<std::string>{"x"}).dump() == R"(["x"])");
}

TEST_CASE("numbers with a point keep it") {
    const Json numbers = {3.0, 0.1, -0.0, 1e-5, 0.0001, 1e15, 123456789012345.0, 2.5e-300};
    CHECK(numbers.dump() == "[3.0,0.1,-0.0,1e-05,0.0001,1e+15,123456789012345.0,2.5e-300]");
    CHECK(Json(std::numeric_limits<double>::infinity()).dump() == "null");
    CHECK(Json(18446744073709551615.0).dump() == "1.8446744073709552e+19");
    CHECK(Json::parse("18446744073709551615")->is_number());
}

TEST_CASE("texts are escaped, and what is no UTF-8 replaced") {
    CHECK(Json("\"\\\b\f\n\r\t\x01\x7F\xC3\xA9\xFF").dump() == "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\x7F\xC3\xA9\xEF\xBF\xBD\"");
}

TEST_CASE("lists and objects grow") {
    Json json;
    json["list"].push_back(1);
    json["list"].push_back("two");
    json["flag"] = true;
    json.update({{"flag", false}, {"new", nullptr}});
    CHECK(json.dump() == R"({"list":[1,"two"],"flag":false,"new":null})");
    CHECK(json.at("list").size() == 2);
    CHECK(Json::array({"a", "b"}).texts() == std::vector<std::string>{"a", "b"});
}

TEST_CASE("a value is read as what it is only") {
    CHECK_THROWS_AS(Json(1).get<std::string>(), std::logic_error);
    CHECK_THROWS_AS(Json("1").get<int>(), std::logic_error);
    CHECK_THROWS_AS(Json(1).get<bool>(), std::logic_error);
    CHECK_THROWS_AS(Json(1).items(), std::logic_error);
    CHECK_THROWS_AS(Json("x").push_back(1), std::logic_error);
    CHECK_THROWS_AS(Json::object().at("absent"), std::logic_error);
    CHECK_THROWS_AS(Json::array({1})[1], std::out_of_range);
}

TEST_CASE("a number that a type of whole numbers cannot hold is that type's nearest") {
    CHECK(Json(1e308).get<std::int64_t>() == std::numeric_limits<std::int64_t>::max());
    CHECK(Json(-1e308).get<int>() == std::numeric_limits<int>::min());
    CHECK(Json(-5.0).get<std::size_t>() == 0);
    CHECK(Json(std::numeric_limits<double>::quiet_NaN()).get<int>() == 0);
    CHECK(Json(2.75).get<int>() == 2);
    CHECK(Json(1e300).get<double>() == 1e300);
}
