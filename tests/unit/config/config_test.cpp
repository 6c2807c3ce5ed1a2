// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "../../mentions.hpp"
#include "../status_of.hpp"
#include "config/config.hpp"

using mml::Config;
using mml::OptionId;
using mml::Status;
using mml_test::mentions;
using mml_test::message_of;
using mml_test::status_of;

namespace {

std::string refusal(const char* name, std::string_view value) {
    return message_of([&] { Config().set(name, value); });
}

}  // namespace

TEST_CASE("a new configuration holds the defaults") {
    const Config config;
    CHECK(config.integer(OptionId::seed) == 1);
    CHECK(config.text(OptionId::format) == "moodle");
    CHECK(config.flag(OptionId::labelled));
    CHECK(config.number(OptionId::test_share) == 0.2);
    CHECK(config.file_mode() == 0600U);
}

TEST_CASE("values are set by name and read by type") {
    Config config;
    config.set("seed", "9007199254740991");
    config.set("dropout", "5e-1");
    config.set("labelled", "no");
    config.set("resampling", "folds");
    config.set("target", "a name, with \"marks\"");
    config.set(OptionId::file_mode, "0660");
    CHECK(config.integer(OptionId::seed) == 9007199254740991);
    CHECK(config.number(OptionId::dropout) == 0.5);
    CHECK(config.text(OptionId::dropout) == "0.5");
    CHECK_FALSE(config.flag(OptionId::labelled));
    CHECK(config.text(OptionId::resampling) == "folds");
    CHECK(config.text(OptionId::target) == "a name, with \"marks\"");
    CHECK(config.file_mode() == 0660U);
}

TEST_CASE("a list of options is as environment files have it, and sets all or none") {
    Config config;
    for (const char* list :
         {"seed=7,target=a b", "\"seed=7,target=a b\"", "'seed=7,target=a b'\r", ",seed=7,,target=a b, "}) {
        Config other;
        other.set_list(list);
        CHECK_MESSAGE(other.integer(OptionId::seed) == 7, list);
        CHECK_MESSAGE(other.text(OptionId::target) == "a b", list);
    }
    config.set_list("");
    config.set_list("target=a=b,time-limit=5");
    CHECK(config.text(OptionId::target) == "a=b");
    CHECK(config.integer(OptionId::time_limit) == 5);
    for (const char* list : {"seed=8,treads=1", "seed=8,trees", "seed=8,=1", "seed=8,trees=many", "\"seed=8"}) {
        CHECK_THROWS_MESSAGE(config.set_list(list), list);
        CHECK_MESSAGE(config.integer(OptionId::seed) == 1, list);
    }
}
TEST_CASE("effort sets the options that are not set themselves, in any order") {
    Config config;
    CHECK(config.text(OptionId::networks) == "4");
    config.set("effort", "fast");
    CHECK(config.text(OptionId::networks) == "0");
    config.set("networks", "2");
    config.set("effort", "best");
    CHECK(config.text(OptionId::networks) == "2");
    CHECK(config.text(OptionId::pilot_margin) == "0");
    config.set("effort", "balanced");
    CHECK(config.text(OptionId::pilot_margin) == "0.03");
    CHECK_THROWS(config.set("effort", "most"));
    CHECK(config.text(OptionId::effort) == "balanced");
}

TEST_CASE("flags are written in several ways") {
    Config config;
    for (const char* yes : {"true", "1", "yes", "on"}) {
        config.set("linear", "false");
        config.set("linear", yes);
        CHECK(config.text(OptionId::linear) == "true");
    }
    for (const char* no : {"false", "0", "no", "off"}) {
        config.set("linear", "true");
        config.set("linear", no);
        CHECK(config.text(OptionId::linear) == "false");
    }
}

TEST_CASE("values at the ends of a range are taken, beyond them refused") {
    Config config;
    config.set("threads", "0");
    config.set("threads", "256");
    CHECK(config.integer(OptionId::threads) == 256);
    CHECK(refusal("threads", "257") == mentions("threads", "\"257\"", "0", "256"));
    CHECK(refusal("threads", "-1") == mentions("threads", "\"-1\"", "0", "256"));
    CHECK(refusal("seed", "9007199254740992") == mentions("seed", "\"9007199254740992\"", "0", "9007199254740991"));
    CHECK(refusal("dropout", "0.91") == mentions("dropout", "\"0.91\"", "0", "0.9"));
    CHECK(refusal("time_limit", "1e10") == mentions("time_limit", "\"1e10\"", "0", "1000000000"));
}

TEST_CASE("values of another type are refused") {
    for (const char* value : {"", "x", "1.0", "1e2", " 1", "+1", "99999999999999999999"}) {
        CAPTURE(value);
        CHECK(status_of([&] { Config().set("epochs", value); }) == Status::unknown_option);
    }
    for (const char* value : {"", "x", "nan", "inf", "-inf", "0,5", "0x1"}) {
        CAPTURE(value);
        CHECK(status_of([&] { Config().set("test_share", value); }) == Status::unknown_option);
    }
    CHECK(refusal("labelled", "maybe") == mentions("\"maybe\"", "true"));
    CHECK(refusal("labelled", "True") == mentions("\"True\"", "true"));
    CHECK(refusal("format", "xml") == mentions("format", "\"xml\"", "\"moodle\"", "\"plain\""));
    CHECK(refusal("format", "") == mentions("format", "\"\"", "\"moodle\"", "\"plain\""));
    CHECK(refusal("format", "moodle|plain") == mentions("format", "\"moodle|plain\"", "\"moodle\"", "\"plain\""));
    CHECK(refusal("format", "mood\n").find("\"mood\\x0a\"") != std::string::npos);
    for (const char* value : {"", "0400", "0800", "rw", "1777", "600 ", "-600", "77777777777777"}) {
        CAPTURE(value);
        CHECK(status_of([&] { Config().set("file_mode", value); }) == Status::unknown_option);
    }
}

TEST_CASE("a value that is refused changes nothing") {
    Config config;
    config.set("epochs", "7");
    CHECK(status_of([&] { config.set("epochs", "0"); }) == Status::unknown_option);
    CHECK(config.integer(OptionId::epochs) == 7);
}

TEST_CASE("an unknown option is told with the nearest one") {
    CHECK(refusal("sead", "1") == mentions("called", "\"sead\"", "\"seed\""));
    CHECK(status_of([] { Config().set("sead", "1"); }) == Status::unknown_option);
}

TEST_CASE("0 threads are as many as there are processors") {
    Config config;
    CHECK(config.threads() >= 1);
    config.set("threads", "3");
    CHECK(config.threads() == 3);
}
