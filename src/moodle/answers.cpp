// SPDX-License-Identifier: Apache-2.0
#include "moodle/answers.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

namespace mml {

namespace {

// With the spaces that Moodle's Python backend writes.
void append_json(std::string& out, const Json& value) {
    const char* separator = "";
    if (value.is_object()) {
        out += '{';
        for (const auto& [name, field] : value.items()) {
            out += concat(separator, Json(name).dump(), ": ");
            append_json(out, field);
            separator = ", ";
        }
        out += '}';
    } else if (value.is_array()) {
        out += '[';
        for (const Json& element : value) {
            out += separator;
            append_json(out, element);
            separator = ", ";
        }
        out += ']';
    } else {
        out += value.dump();
    }
}

// 0 where Moodle has none.
int moodle_status_of(Status status) {
    switch (status) {
        case Status::bad_data:
        case Status::limit:
        case Status::mismatch:
        case Status::input_output:
        case Status::bad_model:
        case Status::newer_format: return moodle_status::general_error;
        case Status::not_enough_data: return moodle_status::not_enough_data;
        default: return moodle_status::ok;
    }
}

}  // namespace

Json answer_fields(int status, const std::vector<std::string>& info) { return {{"status", status}, {"info", info}}; }

void add_info(Json& fields, const std::string& sentence) { fields["info"].push_back(sentence); }

Answer make_answer(const Json& fields) {
    Answer answer;
    answer.status = fields.at("status").get<int>();
    append_json(answer.json, fields);
    return answer;
}

Answer make_answer(const AnsweredFields& answered) {
    Answer answer = make_answer(answered.fields);
    answer.reason = answered.reason;
    return answer;
}

AnsweredFields refusals_answered(const std::function<Json()>& work) {
    try {
        return {work()};
    } catch (const Error& error) {
        const int status = moodle_status_of(error.status());
        if (status == moodle_status::ok) throw;
        return {answer_fields(status, {error.what()}), error.status()};
    }
}

}  // namespace mml
