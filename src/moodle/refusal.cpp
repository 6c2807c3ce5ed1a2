// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "moodle/answers.hpp"
#include "moodle/calls.hpp"
#include "moodle/run_log.hpp"

namespace mml {

const char* const moodle_interface_version = "3.2.0";

Answer moodle_refuse(RefusedCall call, const std::string& message) {
    Json fields = Json::object();
    std::string sentence = message;
    if (call == RefusedCall::evaluation) fields["runid"] = milliseconds_since_1970();
    if (call == RefusedCall::missing_arguments) {
        fields["runid"] = std::to_string(milliseconds_since_1970());  // Moodle's own form has it as text
        sentence = "Missing arguments, you should provide: " + message;
    }
    fields.update(answer_fields(moodle_status::general_error, {sentence}));
    return make_answer(fields);
}

}  // namespace mml
