// SPDX-License-Identifier: Apache-2.0
#include "model/column_match.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/text.hpp"

namespace mml {

namespace {

std::vector<std::int32_t> by_position(std::size_t count) {
    std::vector<std::int32_t> places(count);
    std::iota(places.begin(), places.end(), 0);
    return places;
}

constexpr std::int32_t twice = -2;

// Names that stand over two columns say nothing of either.
std::unordered_map<std::string, std::int32_t> places_of(const std::vector<std::string>& names) {
    std::unordered_map<std::string, std::int32_t> places;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto [entry, fresh] = places.emplace(valid_utf8(names[i]), narrowed<std::int32_t>(i));
        if (!fresh) entry->second = twice;
    }
    return places;
}

bool is_shifted_by_one(const std::vector<std::string>& wanted, const ColumnNames& table) {
    if (wanted.empty() || wanted.size() != table.names.size() || table.id_column_name != wanted[0]) return false;
    return std::equal(wanted.begin() + 1, wanted.end(), table.names.begin());
}

struct Found {
    std::vector<std::int32_t> places;
    std::vector<std::string> absent;
};

Found find_by_name(const std::vector<std::string>& wanted, const std::vector<std::string>& names) {
    const auto places = places_of(names);
    Found result;
    for (const std::string& name : wanted) {
        const auto found = places.find(name);
        const bool usable = found != places.end() && found->second != twice;
        if (!usable) result.absent.push_back(name);
        result.places.push_back(usable ? found->second : -1);
    }
    return result;
}

// A model without names has the columns x0, x1, ...; a table that names just those, in any order, means them.
std::vector<std::int32_t> match_unnamed(const ColumnNames& wanted, const ColumnNames& table) {
    if (table.named) {
        Found found = find_by_name(wanted.names, table.names);
        if (found.absent.empty()) return std::move(found.places);
    }
    if (table.names.size() == wanted.names.size()) return by_position(wanted.names.size());
    fail(Status::mismatch,
         concat(table.source, " has ", table.names.size(), " columns, the model needs ", wanted.names.size()));
}

[[noreturn]] void refuse(const std::string& source, const std::vector<std::string>& absent) {
    fail(Status::mismatch, concat(source, " lacks ", absent.size(), absent.size() == 1 ? " column" : " columns",
                                  " of the model (or names them twice): ", quoted_list(absent),
                                  ": give a file with the columns that the model was trained on"));
}

}  // namespace

std::vector<std::int32_t> match_column_names(const ColumnNames& wanted, const ColumnNames& table) {
    if (wanted.by_position) {
        if (table.names.size() >= wanted.names.size()) return by_position(wanted.names.size());
        fail(Status::mismatch, concat(table.source, " has ", table.names.size(), " columns, but the model looks at column ",
                                      wanted.names.size(), ": it was trained on other columns"));
    }
    if (wanted.names == table.names) return by_position(wanted.names.size());
    if (!wanted.named || !table.named) return match_unnamed(wanted, table);
    if (is_shifted_by_one(wanted.names, table)) return by_position(wanted.names.size());
    Found found = find_by_name(wanted.names, table.names);
    if (!found.absent.empty()) refuse(table.source, found.absent);
    return std::move(found.places);
}

std::vector<std::int32_t> match_class_names(const std::vector<std::string>& wanted, const std::vector<std::string>& all) {
    std::unordered_map<std::string_view, std::int32_t> known;
    for (std::size_t i = 0; i < all.size(); ++i) known.emplace(all[i], narrowed<std::int32_t>(i));
    std::vector<std::int32_t> places;
    for (const std::string& name : wanted) {
        const auto found = known.find(name);
        if (found == known.end()) fail(Status::mismatch, concat("the class ", mml::quote(name), " is unknown here"));
        places.push_back(found->second);
    }
    return places;
}

bool all_among(const std::vector<std::string>& names, const std::vector<std::string>& others) {
    const std::unordered_set<std::string_view> known(others.begin(), others.end());
    return std::ranges::all_of(names, [&](const std::string& name) { return known.contains(name); });
}

}  // namespace mml
