// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <limits>
#include <stdexcept>
#include <string>

#include "../status_of.hpp"
#include "moodle/answers.hpp"

using mml::Status;

namespace {

mml::Answer answer_to(Status status) {
    return mml::make_answer(mml::refusals_answered([&]() -> mml::Json { mml::fail(status, "why"); }));
}

}  // namespace

TEST_CASE("an answer is written as the original writes it, on one line") {
    mml::Json fields = mml::answer_fields(mml::moodle_status::not_enough_data);
    fields["errors"] = "Training data needs to include samples belonging to all classes";
    const mml::Answer answer = mml::make_answer(fields);
    CHECK(answer.status == 8);
    CHECK(answer.json == R"({"status": 8, "info": [], "errors": "Training data needs to include samples belonging to all )"
                         R"(classes"})");
    CHECK(mml::make_answer(mml::answer_fields(2, {"Provided model have not been trained yet"})).json ==
          R"({"status": 2, "info": ["Provided model have not been trained yet"]})");
}

TEST_CASE("an answer is valid JSON whatever it tells") {
    mml::Json fields = mml::answer_fields(0);
    mml::add_info(fields, "line\nbreak \"quote\" \\ \xFF \xC3\xA9");
    mml::add_info(fields, "second");
    fields["score"] = std::numeric_limits<double>::quiet_NaN();
    fields["empty"] = mml::Json::object();
    fields["nested"] = {{"a", {1, 2.5}}, {"b", nullptr}};
    CHECK(mml::make_answer(fields).json ==
          "{\"status\": 0, \"info\": [\"line\\nbreak \\\"quote\\\" \\\\ \xEF\xBF\xBD \xC3\xA9\", \"second\"], "
          "\"score\": null, \"empty\": {}, \"nested\": {\"a\": [1, 2.5], \"b\": null}}");
}

TEST_CASE("Moodle is answered where it has a status for what happened") {
    for (const Status status : {Status::bad_data, Status::limit, Status::mismatch, Status::input_output, Status::bad_model,
                                Status::newer_format}) {
        CAPTURE(static_cast<int>(status));
        CHECK(answer_to(status).json == R"({"status": 1, "info": ["why"]})");
        CHECK(answer_to(status).reason == status);
    }
    CHECK(answer_to(Status::not_enough_data).json == R"({"status": 8, "info": ["why"]})");
    for (const Status status : {Status::busy, Status::cancelled, Status::out_of_memory, Status::internal,
                                Status::invalid_argument, Status::unknown_option}) {
        CHECK(mml_test::status_of([&] { answer_to(status); }) == status);
    }
    CHECK_THROWS_AS(mml::refusals_answered([]() -> mml::Json { throw std::runtime_error("defect"); }), std::runtime_error);
}
