// SPDX-License-Identifier: Apache-2.0
#include "moodle/answers.hpp"

#include "base/error.hpp"

namespace mml {

namespace {

using nlohmann::ordered_json;

std::string scalar_text(const ordered_json& value) {
    return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

// nlohmann writes either no space at all or many lines.
void append_json(std::string& out, const ordered_json& value) {
    if (!value.is_structured()) {
        out += scalar_text(value);
        return;
    }
    const bool object = value.is_object();
    out += object ? '{' : '[';
    const char* separator = "";
    for (const auto& item : value.items()) {
        out += separator;
        if (object) out += scalar_text(item.key()) + ": ";
        append_json(out, item.value());
        separator = ", ";
    }
    out += object ? '}' : ']';
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

ordered_json answer_fields(int status, const std::vector<std::string>& info) { return {{"status", status}, {"info", info}}; }

void add_info(ordered_json& fields, const std::string& sentence) { fields["info"].push_back(sentence); }

Answer make_answer(const ordered_json& fields) {
    Answer answer;
    answer.status = fields.at("status").get<int>();
    append_json(answer.json, fields);
    return answer;
}

ordered_json refusals_answered(const std::function<ordered_json()>& work) {
    try {
        return work();
    } catch (const Error& error) {
        const int status = moodle_status_of(error.status());
        if (status == moodle_status::ok) throw;
        return answer_fields(status, {error.what()});
    }
}

}  // namespace mml
