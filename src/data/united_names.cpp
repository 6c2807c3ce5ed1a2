// SPDX-License-Identifier: Apache-2.0
#include "data/united_names.hpp"

#include <map>

#include "base/index.hpp"

namespace mml {

std::vector<std::int32_t> unite_names(std::vector<std::string>& names, const std::vector<std::string>& more) {
    std::map<std::string, std::int32_t> places;
    for (std::size_t i = 0; i < names.size(); ++i) places.emplace(names[i], narrowed<std::int32_t>(i));
    std::vector<std::int32_t> result;
    for (const std::string& name : more) {
        const auto [place, is_new] = places.emplace(name, narrowed<std::int32_t>(names.size()));
        if (is_new) names.push_back(name);
        result.push_back(place->second);
    }
    return result;
}

}  // namespace mml
