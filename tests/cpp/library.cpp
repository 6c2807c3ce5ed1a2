// SPDX-License-Identifier: Apache-2.0
#include <clocale>

#include "support.hpp"

TEST_CASE("versions are those of the C functions") {
    CHECK(moodleml::version() == MOODLEML_VERSION);
    CHECK(moodleml::abi_version() == MML_ABI_MAJOR * 1000 + MML_ABI_MINOR);
    CHECK(moodleml::abi_fits());
    CHECK(moodleml::build_info().find("\"version\"") != std::string::npos);
    CHECK(moodleml::status_name(MML_BAD_DATA) == "MML_BAD_DATA");
}

TEST_CASE("every option is described") {
    const auto all = moodleml::options();
    REQUIRE(all.size() == static_cast<std::size_t>(mml_option_count()));
    for (const std::string& option : all) CHECK(option.find("\"name\"") != std::string::npos);
}

TEST_CASE("options take texts, flags and numbers") {
    moodleml::Config config{{"trees", "50"}, {"format", "plain"}};
    config.set("seed", 12).set("time_limit", 0.1).set("labelled", false).set("target", std::string("price"));
    CHECK(config.get("trees") == "50");
    CHECK(config.get("format") == "plain");
    CHECK(config.get("seed") == "12");
    CHECK(std::stod(config.get("time_limit")) == 0.1);
    CHECK(config.get("labelled") == "false");
    CHECK(config.get("target") == "price");
}

TEST_CASE("a new set of options is none until one is set") {
    const moodleml::Config none;
    CHECK(none.handle() == nullptr);
    CHECK(none.get("format") == "moodle");
    CHECK(none.handle() == nullptr);
    CHECK(moodleml::Config::defaults().handle() != nullptr);
    CHECK(moodleml::Config::defaults().get("format") == "moodle");
    CHECK(moodleml::Config().set("trees", 3).handle() != nullptr);
}

TEST_CASE("an error has the status and the message of the call") {
    try {
        moodleml::Config().set("treees", 3);
        FAIL("an unknown option was set");
    } catch (const moodleml::Error& error) {
        CHECK(error.status() == MML_UNKNOWN_OPTION);
        CHECK(std::string(error.what()) == mml_last_error());
        CHECK(std::string(error.what()).find("trees") != std::string::npos);
    }
    CHECK(status_of([] { moodleml::Config().get("none"); }) == MML_UNKNOWN_OPTION);
    CHECK(status_of([] { moodleml::Config().set("format", "none"); }) == MML_UNKNOWN_OPTION);
}

TEST_CASE("a text with a zero byte is refused, not cut") {
    const std::string cut("trees\0hidden", 12);
    CHECK(status_of([&] { moodleml::Config().set(cut, "5"); }) == MML_INVALID_ARGUMENT);
    CHECK(status_of([&] { moodleml::Config().set("target", cut); }) == MML_INVALID_ARGUMENT);
    CHECK(status_of([&] { moodleml::Model::load(cut); }) == MML_INVALID_ARGUMENT);
    CHECK(status_of([&] { small_classes().set_column_names({cut, "b"}); }) == MML_INVALID_ARGUMENT);
}
