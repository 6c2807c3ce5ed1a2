// SPDX-License-Identifier: Apache-2.0
#include "evaluation/large_json.hpp"

namespace mml {

using Json = nlohmann::ordered_json;

void take_apart(Json& json) noexcept {
    if (auto* list = json.get_ptr<Json::array_t*>()) {
        for (; !list->empty(); list->pop_back()) take_apart(list->back());
    } else if (auto* fields = json.get_ptr<Json::object_t*>()) {
        for (; !fields->empty(); fields->pop_back()) take_apart(fields->back().second);
    }
}

}  // namespace mml
