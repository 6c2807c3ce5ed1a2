// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "../status_of.hpp"
#include "config/config.hpp"
#include "config/options.hpp"

using mml::Option;
using mml::OptionId;
using mml::OptionType;

namespace {

nlohmann::json described(OptionId id) { return nlohmann::json::parse(mml::option_json(mml::option(id))); }

}  // namespace

TEST_CASE("every option has a name of its own, help, a group and a default that it takes") {
    std::set<std::string> names;
    for (const Option& option : mml::options()) {
        CAPTURE(option.name);
        CHECK(names.insert(option.name).second);
        CHECK(std::ranges::all_of(std::string(option.name), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; }));
        CHECK(std::string(option.help).ends_with('.'));
        CHECK(std::string(option.group) != "");
        mml::Config config;
        config.set(option.id, option.default_value);
        CHECK(config.text(option.id) == option.default_value);
        for (const char* other : {option.by_effort.fast, option.by_effort.best}) {
            if (other == nullptr) continue;
            config.set(option.id, other);
            CHECK(config.text(option.id) == other);
            CHECK(config.text(option.id) != option.default_value);
        }
        CHECK(&mml::find_option(option.name) == &option);
        CHECK(&mml::option(option.id) == &option);
        const bool has_range = option.type == OptionType::integer || option.type == OptionType::number;
        if (has_range) CHECK(option.minimum < option.maximum);
        CHECK((option.type == OptionType::choice) == !mml::choices_of(option).empty());
    }
    CHECK(names.size() == mml::option_count);
}

TEST_CASE("the options of a group stand together") {
    std::set<std::string> groups;
    std::string last;
    for (const Option& option : mml::options()) {
        if (option.group != last) CHECK(groups.insert(option.group).second);
        last = option.group;
    }
}

TEST_CASE("choices are listed in order") {
    CHECK(mml::choices_of(mml::option(OptionId::task)) == std::vector<std::string>{"auto", "classification", "regression"});
    CHECK(mml::choices_of(mml::option(OptionId::seed)).empty());
}

TEST_CASE("the nearest option is found for slips of the pen, and for anything") {
    const auto suggestion = [](const std::string& name) { return mml_test::message_of([&] { mml::find_option(name); }); };
    CHECK(suggestion("hiden_units") == "no option is called \"hiden_units\": did you mean \"hidden_units\"?");
    CHECK(suggestion("learning-rate") == "no option is called \"learning-rate\": did you mean \"learning_rate\"?");
    CHECK(suggestion("Threads") == "no option is called \"Threads\": did you mean \"threads\"?");
    CHECK(suggestion("").starts_with("no option is called \"\": did you mean"));
    CHECK(suggestion(std::string(100000, 'x')).size() < 200);
    CHECK(mml_test::status_of([] { mml::find_option("x\ny"); }) == mml::Status::unknown_option);
}

TEST_CASE("an option is described as JSON") {
    const nlohmann::json integer = described(OptionId::threads);
    CHECK(integer == nlohmann::json{{"name", "threads"},
                                    {"type", "integer"},
                                    {"minimum", 0},
                                    {"maximum", 256},
                                    {"default", "0"},
                                    {"group", "run"},
                                    {"help", mml::option(OptionId::threads).help}});
    CHECK(integer["maximum"].is_number_integer());
    CHECK(described(OptionId::dropout)["maximum"] == 0.9);
    const nlohmann::json choice = described(OptionId::format);
    CHECK(choice["type"] == "choice");
    CHECK(choice["choices"] == nlohmann::json{"moodle", "plain"});
    CHECK_FALSE(choice.contains("minimum"));
    const nlohmann::json text = described(OptionId::target);
    CHECK(text["type"] == "text");
    CHECK(text["default"] == "");
    CHECK_FALSE(text.contains("choices"));
    CHECK(described(OptionId::labelled)["type"] == "flag");
    CHECK(described(OptionId::networks)["effort"] == nlohmann::json{{"fast", "0"}, {"best", "8"}});
    CHECK_FALSE(described(OptionId::seed).contains("effort"));
    for (const Option& option : mml::options()) CHECK(mml::option_json(option).find('\n') == std::string::npos);
}
