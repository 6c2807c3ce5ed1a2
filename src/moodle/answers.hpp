// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"
#include "moodle/calls.hpp"

namespace mml {

/// Moodle's status codes, which are bits: low_score and not_enough_data together are 12.
namespace moodle_status {
enum : int { ok = 0, general_error = 1, no_dataset = 2, low_score = 4, not_enough_data = 8 };
}

/// {"status", "info"}, to which a call adds what else it tells.
Json answer_fields(int status, const std::vector<std::string>& info = {});

/// Adds one sentence to the list "info".
void add_info(Json& fields, const std::string& sentence);

/// `fields` holds "status". One line of UTF-8, spaced as the original spaces it; bytes that are not UTF-8 become U+FFFD,
/// numbers that are not finite null.
Answer make_answer(const Json& fields);

/// An answer's fields, and the status of the Error that made them a refusal; ok: none did.
struct AnsweredFields {
    Json fields;
    Status reason = Status::ok;
};

/// What `work` answers, or the status and message of the Error that it threw; errors for which Moodle has no status
/// (calls.hpp tells which) are thrown on.
AnsweredFields refusals_answered(const std::function<Json()>& work);

Answer make_answer(const AnsweredFields& answered);

}  // namespace mml
