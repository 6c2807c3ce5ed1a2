// SPDX-License-Identifier: Apache-2.0
#include "preprocessing/equal_columns.hpp"

#include <map>
#include <span>

#include "base/index.hpp"

namespace mml {

std::vector<std::int32_t> equal_on_all_ranks(const std::vector<std::int32_t>& own, const Ranks& ranks) {
    if (!ranks.several()) return own;
    const auto all = ranks.gathered(std::span<const std::int32_t>(own));
    std::map<std::vector<std::int32_t>, std::int32_t> seen;
    std::vector<std::int32_t> first;
    for (std::size_t column = 0; column < own.size(); ++column) {
        std::vector<std::int32_t> on_ranks;
        for (std::size_t place = column; place < all.size(); place += own.size()) on_ranks.push_back(all[place]);
        first.push_back(seen.emplace(std::move(on_ranks), narrowed<std::int32_t>(column)).first->second);
    }
    return first;
}

}  // namespace mml
