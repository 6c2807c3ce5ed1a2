// SPDX-License-Identifier: Apache-2.0
#include <clocale>
#include <nlohmann/json.hpp>
#include <set>

#include "support.hpp"

using namespace capi_test;

namespace {

std::string value_of(const mml_config* config, const char* name) {
    const char* value = nullptr;
    succeed(mml_config_get(config, name, &value));
    return value;
}

}  // namespace

TEST_CASE("the table of options can be listed") {
    const int32_t count = mml_option_count();
    CHECK(count > 20);
    std::set<std::string> names;
    const Config config = config_of({});
    for (int32_t i = 0; i < count; ++i) {
        const auto option = nlohmann::json::parse(mml_option_describe(i));
        const auto name = option.at("name").get<std::string>();
        CHECK(names.insert(name).second);
        CHECK(option.at("help").get<std::string>().size() > 10);
        CHECK(std::set<std::string>{"integer", "number", "flag", "choice", "text"}.contains(option.at("type")));
        const auto standard = option.at("default").get<std::string>();
        CHECK(value_of(config.get(), name.c_str()) == standard);
        CHECK_MESSAGE(mml_config_set(config.get(), name.c_str(), standard.c_str()) == MML_OK, name);
    }
    CHECK(names.contains("seed"));
    CHECK(names.contains("memory_limit"));
}

TEST_CASE("an index out of range describes nothing and sets no error") {
    CHECK(mml_config_create(nullptr) == MML_INVALID_ARGUMENT);
    for (const int32_t index : {-1, mml_option_count(), INT32_MIN, INT32_MAX}) CHECK(mml_option_describe(index) == nullptr);
    CHECK(std::string(mml_last_error()) == "out is NULL");
}

TEST_CASE("options keep what they are given") {
    const Config config = config_of({{"seed", "7"}, {"linear", "no"}, {"learning_rate", "0.01"}, {"format", "plain"}});
    CHECK(value_of(config.get(), "seed") == "7");
    CHECK(value_of(config.get(), "linear") == "false");
    CHECK(value_of(config.get(), "learning_rate") == "0.01");
    CHECK(value_of(config.get(), "format") == "plain");
}

TEST_CASE("an unknown option is refused with the nearest name") {
    const Config config = config_of({});
    CHECK(mml_config_set(config.get(), "epoch", "3") == MML_UNKNOWN_OPTION);
    check_message("\"epochs\"");
    const char* value = "as before";
    CHECK(mml_config_get(config.get(), "", &value) == MML_UNKNOWN_OPTION);
    CHECK(std::string(value) == "as before");
}

TEST_CASE("a value that an option rejects changes nothing") {
    const Config config = config_of({{"epochs", "9"}});
    for (const char* value : {"", "0", "-1", "1.5", "1e3", " 9", "9 ", "0x9", "nan", "inf", "99999999999999999999", "9\n"}) {
        CHECK_MESSAGE(mml_config_set(config.get(), "epochs", value) == MML_UNKNOWN_OPTION, value);
        check_message("epochs");
    }
    CHECK(value_of(config.get(), "epochs") == "9");
    CHECK(mml_config_set(config.get(), "format", "xml") == MML_UNKNOWN_OPTION);
    check_message("plain");
    CHECK(mml_config_set(config.get(), "linear", "maybe") == MML_UNKNOWN_OPTION);
    CHECK(mml_config_set(config.get(), "file_mode", "0999") == MML_UNKNOWN_OPTION);
}

TEST_CASE("numbers have a point whatever the locale, which stays as it is") {
    const char* german = std::setlocale(LC_ALL, "de_DE.UTF-8");
    const std::string before = std::setlocale(LC_ALL, nullptr);
    const Config config = config_of({{"dropout", "0.5"}});
    CHECK(mml_config_set(config.get(), "dropout", "0,25") == MML_UNKNOWN_OPTION);
    CHECK(value_of(config.get(), "dropout") == "0.5");
    CHECK(std::setlocale(LC_ALL, nullptr) == before);
    if (german == nullptr) MESSAGE("the locale de_DE.UTF-8 is not installed: tested in ", before);
    std::setlocale(LC_ALL, "C");
}
