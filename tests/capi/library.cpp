// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "support.hpp"

using namespace capi_test;

// First in this file, and so before any call that fails on this thread.
TEST_CASE("no message before the first failure") {
    std::string message = "?";
    std::thread([&] { message = mml_last_error(); }).join();
    CHECK(message.empty());
}

TEST_CASE("the library tells its versions") {
    CHECK(mml_abi_version() == 1002);
    CHECK(std::string(mml_version()) == MOODLEML_VERSION);
}

TEST_CASE("build information is one line of JSON") {
    const char* text = mml_build_info();
    REQUIRE(text != nullptr);
    CHECK(std::string(text).find('\n') == std::string::npos);
    const auto info = nlohmann::json::parse(text);
    CHECK(info.at("schema") == 1);
    CHECK(info.at("version") == MOODLEML_VERSION);
    CHECK(info.at("compiler").get<std::string>().size() > 5);
    const auto version = info.at("oneDNN").get<std::string>();
    const auto products = info.at("matrix_products").get<std::string>();
    if (version == "none") {
        CHECK(products.starts_with("Eigen 3."));
    } else {
        CHECK((version[0] == '2' || version[0] == '3'));
        CHECK(products == "oneDNN " + version);
    }
    CHECK(std::ranges::count(products, '.') == 2);
    CHECK(!info.at("instruction_set").get<std::string>().empty());
    CHECK(mml_build_info() == text);
}

TEST_CASE("every status has a name") {
    CHECK(std::string(mml_status_name(MML_OK)) == "MML_OK");
    CHECK(std::string(mml_status_name(MML_INVALID_ARGUMENT)) == "MML_INVALID_ARGUMENT");
    CHECK(std::string(mml_status_name(MML_UNKNOWN_OPTION)) == "MML_UNKNOWN_OPTION");
    CHECK(std::string(mml_status_name(MML_NOT_FOUND)) == "MML_NOT_FOUND");
    CHECK(std::string(mml_status_name(MML_BAD_DATA)) == "MML_BAD_DATA");
    CHECK(std::string(mml_status_name(MML_NOT_ENOUGH_DATA)) == "MML_NOT_ENOUGH_DATA");
    CHECK(std::string(mml_status_name(MML_BAD_MODEL)) == "MML_BAD_MODEL");
    CHECK(std::string(mml_status_name(MML_NEWER_FORMAT)) == "MML_NEWER_FORMAT");
    CHECK(std::string(mml_status_name(MML_MISMATCH)) == "MML_MISMATCH");
    CHECK(std::string(mml_status_name(MML_BUFFER_TOO_SMALL)) == "MML_BUFFER_TOO_SMALL");
    CHECK(std::string(mml_status_name(MML_IO)) == "MML_IO");
    CHECK(std::string(mml_status_name(MML_BUSY)) == "MML_BUSY");
    CHECK(std::string(mml_status_name(MML_LIMIT)) == "MML_LIMIT");
    CHECK(std::string(mml_status_name(MML_CANCELLED)) == "MML_CANCELLED");
    CHECK(std::string(mml_status_name(MML_OUT_OF_MEMORY)) == "MML_OUT_OF_MEMORY");
    CHECK(std::string(mml_status_name(MML_INTERNAL)) == "MML_INTERNAL");
}

TEST_CASE("a number that is no status has none") {
    for (const mml_status status : {1, -16, INT32_MIN, INT32_MAX}) {
        CHECK(std::string(mml_status_name(status)) == "unknown status");
    }
}

TEST_CASE("each thread has its own message, which holds until its next failure") {
    CHECK(mml_config_create(nullptr) == MML_INVALID_ARGUMENT);
    const std::string mine = mml_last_error();
    CHECK(mine == "out is NULL");
    std::string others;
    std::thread([&] {
        CHECK(mml_model_load(nullptr, "model.mml") == MML_INVALID_ARGUMENT);
        const Config config = config_of({});
        CHECK(mml_config_set(config.get(), "treads", "1") == MML_UNKNOWN_OPTION);
        others = mml_last_error();
    }).join();
    CHECK(others.find("treads") != std::string::npos);
    CHECK(mml_last_error() == mine);
    const Config config = config_of({{"threads", "2"}});  // succeeds
    CHECK(mml_last_error() == mine);
}

TEST_CASE("a list sets options, and a host's refusal is an answer") {
    const Config config = config_of({});
    succeed(mml_config_set_list(config.get(), "\"seed=7,threads=2\""));
    const char* value = nullptr;
    succeed(mml_config_get(config.get(), "seed", &value));
    CHECK(std::string(value) == "7");
    CHECK(mml_config_set_list(config.get(), "seed=8,treads=1") == MML_UNKNOWN_OPTION);
    succeed(mml_config_get(config.get(), "seed", &value));
    CHECK(std::string(value) == "7");
    mml_answer* answer = nullptr;
    succeed(mml_moodle_refuse(&answer, MML_MOODLE_CALL, "the directory is busy"));
    CHECK(mml_answer_status(answer) == 1);
    CHECK(mml_answer_reason(answer) == MML_OK);
    CHECK(std::string(mml_answer_json(answer)) == R"({"status": 1, "info": ["the directory is busy"]})");
    mml_answer_free(answer);
    CHECK(mml_moodle_refuse(&answer, 3, "x") == MML_INVALID_ARGUMENT);
    CHECK(std::string(mml_moodle_interface_version()) == "3.2.0");
}

TEST_CASE("a message stays one line of valid UTF-8 within its room") {
    const Config config = config_of({});
    const std::string name = "\x1b[31m\n" + std::string(9000, 'n');
    CHECK(mml_config_set(config.get(), name.c_str(), "1") == MML_UNKNOWN_OPTION);
    const std::string message = mml_last_error();
    CHECK(message.size() < 4096);
    CHECK(message.find("\\x1b[31m\\x0a") != std::string::npos);
    CHECK(std::ranges::none_of(message, [](unsigned char byte) { return byte < 0x20; }));
}
